package source_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"taudit/source"
)

func TestBellEndsTheWaitsThatAreUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var b source.Bell
		b.Ring() // for nobody
		began := time.Now()
		took := make(chan time.Duration, 3)
		for range 2 {
			go func() {
				if err := b.Sleep(t.Context(), time.Hour); err != nil {
					t.Error(err)
				}
				took <- time.Since(began)
			}()
		}
		time.Sleep(time.Minute)
		b.Ring()
		for range 2 {
			if d := <-took; d != time.Minute {
				t.Errorf("woken after %s", d)
			}
		}
		if err := b.Sleep(t.Context(), time.Second); err != nil || time.Since(began) != 61*time.Second {
			t.Errorf("%v, %s: a wait that began later ended with the ring", err, time.Since(began))
		}
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		if err := b.Sleep(ctx, time.Hour); !errors.Is(err, context.Canceled) {
			t.Errorf("%v", err)
		}
		if err := b.Sleep(ctx, 0); !errors.Is(err, context.Canceled) {
			t.Errorf("%v", err)
		}
	})
}
