package emulator

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"time"
)

// Serve answers HTTP requests with h on a free port of 127.0.0.1 until ctx ends, when it closes the listener and all
// connections at once. url is http://127.0.0.1:PORT. It speaks HTTP/1.1, and HTTP/2 with those who begin with that. A handler that panics costs its request, which is answered with 500
// if nothing was written yet; nothing is logged.
func Serve(ctx context.Context, h http.Handler) (url string, err error) {
	if err := ctx.Err(); err != nil {
		return "", fmt.Errorf("listening on loopback: %w", err)
	}
	var lc net.ListenConfig
	listener, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("listening on loopback: %w", err)
	}
	var protocols http.Protocols
	protocols.SetHTTP1(true)
	protocols.SetUnencryptedHTTP2(true)
	server := &http.Server{
		Protocols:         &protocols,
		Handler:           recovered(h),
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		// The program draws on the terminal that the standard logger would write to.
		ErrorLog: log.New(io.Discard, "", 0),
	}
	// Serve can only fail once the server is closed or its listener breaks; clients see either as a refused connection.
	go func() { _ = server.Serve(listener) }()
	context.AfterFunc(ctx, func() { _ = server.Close() })
	return "http://" + listener.Addr().String(), nil
}

// recovered answers 500 when h panics. http.ErrAbortHandler is passed on: it asks for the connection to be closed.
func recovered(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			switch problem := recover(); problem {
			case nil:
			case http.ErrAbortHandler:
				panic(problem)
			default:
				http.Error(w, fmt.Sprintf("internal error: %v", problem), http.StatusInternalServerError)
			}
		}()
		h.ServeHTTP(w, r)
	})
}
