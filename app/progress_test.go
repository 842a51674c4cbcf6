package app

import (
	"testing"
	"time"

	"taudit/source"
	"taudit/theme"
)

func TestProgress(t *testing.T) {
	bucket := source.Status{
		Source: "s3://a", State: source.CatchingUp, Done: 3620, Total: 8621, DoneBytes: 51_300_000, TotalBytes: 121_500_000, Left: 72 * time.Second,
	}
	stream := source.Status{Source: "kinesis b", Part: "0", State: source.Live}
	for name, test := range map[string]struct {
		parts []source.Status
		want  map[int]string // by the width of the screen
	}{
		"a bucket and a stream": {[]source.Status{bucket, stream}, map[int]string{
			60: "██──── 42%  1m12s left", 80: "██──── 42%  1m12s left", 120: "████────── 42%  3,620 of 8,621 objects  1m12s left",
			200: "████────── 42%  3,620 of 8,621 objects  51 MB of 122 MB  1m12s left",
		}},
		"two buckets": {[]source.Status{bucket, {Source: "s3://c", State: source.CatchingUp, Done: 1, Total: 2, DoneBytes: 1, TotalBytes: 2, Left: 2 * time.Minute}}, map[int]string{
			120: "████────── 42%  3,621 of 8,623 objects  2m00s left",
		}},
		"files without sizes": {[]source.Status{{Source: "d", State: source.CatchingUp, Done: 3, Total: 4}}, map[int]string{
			80: "████── 75%", 200: "███████─── 75%  3 of 4 objects",
		}},
		"still listing": {[]source.Status{{Source: "s3://a", State: source.CatchingUp, Done: 1234}}, map[int]string{
			80: "1,234 objects read, still listing",
		}},
		"more came than was listed": {[]source.Status{{Source: "s3://a", State: source.CatchingUp, Done: 3, Total: 4, DoneBytes: 9, TotalBytes: 8}}, map[int]string{
			80: "██████ 100%",
		}},
		"all is read":      {[]source.Status{{Source: "s3://a", State: source.Live, Done: 8, Total: 8, DoneBytes: 9, TotalBytes: 9}, stream}, map[int]string{80: "", 200: ""}},
		"nothing is known": {[]source.Status{{Source: "s3://a"}, stream}, map[int]string{80: "", 200: ""}},
		"one object":       {[]source.Status{{Source: "d", State: source.CatchingUp, Total: 1}}, map[int]string{80: ""}},
	} {
		t.Run(name, func(t *testing.T) {
			for width, want := range test.want {
				if got := progressOf(test.parts).text(theme.NewGlyphs(true), width); got != want {
					t.Errorf("at %d cells: %q; want %q", width, got, want)
				}
			}
		})
	}
	if got, want := progressOf([]source.Status{bucket}).text(theme.NewGlyphs(false), 80), "##---- 42%  1m12s left"; got != want {
		t.Errorf("in ASCII: %q; want %q", got, want)
	}
}
