package emulator

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"

	"github.com/go-json-experiment/json"
)

// Iterators and list tokens are opaque to clients: base64 of a message authentication code and what the server needs to
// go on. Nothing is kept on the server for them.

const macSize = 16

var errForged = errors.New("not a token of this server")

// seal makes a token of a kind. v must marshal to JSON.
func (k *Kinesis) seal(kind string, v any) (string, error) {
	payload, err := json.Marshal(v)
	if err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(append(k.mac(kind, payload), payload...)), nil
}

// unseal reads a token of a kind into v; errForged if this server did not make it.
func (k *Kinesis) unseal(kind, token string, v any) error {
	b, err := base64.StdEncoding.DecodeString(token)
	if err != nil || len(b) < macSize || !hmac.Equal(b[:macSize], k.mac(kind, b[macSize:])) {
		return errForged
	}
	return json.Unmarshal(b[macSize:], v)
}

func (k *Kinesis) mac(kind string, payload []byte) []byte {
	h := hmac.New(sha256.New, k.tokenKey)
	h.Write([]byte(kind))
	h.Write(payload)
	return h.Sum(nil)[:macSize]
}
