package audit_test

import (
	"testing"
	"time"

	"taudit/source/audit"
)

func TestRecognise(t *testing.T) {
	at := time.Date(2023, 11, 8, 9, 14, 58, 500_000_000, time.UTC)
	for _, c := range []struct {
		key, text string
		want      audit.Known
	}{
		{"expiry_time", "2023-11-08T09:14:58.5Z", audit.Known{Meaning: audit.Moment, Time: at}},
		{"expiry_time", "2023-11-08T10:14:58.5+01:00", audit.Known{Meaning: audit.Moment, Time: at}},
		{"expiry_time", "2023-11-08 09:14:58Z", audit.Known{}},
		{"expiry_time", "2023-13-08T09:14:58Z", audit.Known{}},
		{"x_forwarded_for", "10.1.2.3", audit.Known{Meaning: audit.Address, Note: "private address"}},
		{"x_forwarded_for", "203.0.113.7", audit.Known{Meaning: audit.Address, Note: "public address"}},
		{"any", "::1", audit.Known{Meaning: audit.Address, Note: "loopback address"}},
		{"any", "::ffff:10.0.0.1", audit.Known{Meaning: audit.Address, Note: "private address"}},
		{"any", "fe80::1%eth0", audit.Known{Meaning: audit.Address, Note: "link-local address"}},
		{"any", "100.64.1.1", audit.Known{Meaning: audit.Address, Note: "shared (carrier NAT) address"}},
		{"any", "10.0.0.0/8", audit.Known{Meaning: audit.Address, Note: "private address range"}},
		{"any", "198.51.100.4:7233", audit.Known{Meaning: audit.Address, Note: "public address and port"}},
		{"any", "1.2.3", audit.Known{}},
		{"any", "v1.2.3.4", audit.Known{}},
		{"x_forwarded_for", "203.0.113.7, 10.4.5.6", audit.Known{Meaning: audit.Hops, Note: "2 hops, the first claimed"}},
		{"x_forwarded_for", "203.0.113.7, Temporal Internal", audit.Known{}},
		{"client_ca_fingerprints", "5bb99d14fa602f7d39b7d048674a2251", audit.Known{Meaning: audit.Fingerprint, Note: "MD5 of a certificate"}},
		{"clientCaCert", "DA39A3EE5E6B4B0D3255BFEF95601890AFD80709", audit.Known{Meaning: audit.Fingerprint, Note: "SHA-1 of a certificate"}},
		{"log_id", "5bb99d14fa602f7d39b7d048674a2251", audit.Known{}},
		{"any", "da:39:a3:ee:5e:6b:4b:0d:32:55:bf:ef:95:60:18:90:af:d8:07:09", audit.Known{Meaning: audit.Fingerprint, Note: "SHA-1 of a certificate"}},
		{"any", "da:39:a3:ee", audit.Known{}},
		{"level", "LOG_LEVEL_INFO", audit.Known{Meaning: audit.Enum, Prefix: 10}},
		{"category", "LOG_CATEGORY_ADMIN", audit.Known{Meaning: audit.Enum, Prefix: 13}},
		{"access", "PERMISSION_WRITE", audit.Known{Meaning: audit.Enum, Prefix: 11}},
		{"sinkKind", "SINK_KIND_S3", audit.Known{Meaning: audit.Enum, Prefix: 10}},
		{"sink_kind", "SINK_KIND_S3", audit.Known{Meaning: audit.Enum, Prefix: 10}},
		{"sink_kind", "SINK_KIND_", audit.Known{}},
		{"status", "OK", audit.Known{}},
		{"name", "MY_NAMESPACE", audit.Known{}},
		{"", "_A", audit.Known{}},
		{"level", "LOG_LEVEL_\x1b", audit.Known{}},
		{"a", "", audit.Known{}},
	} {
		if got := audit.Recognise(c.key, c.text); got != c.want {
			t.Errorf("%s %q is %+v, want %+v", c.key, c.text, got, c.want)
		}
	}
}

func FuzzRecognise(f *testing.F) {
	for _, s := range []string{"2023-11-08T09:14:58Z", "10.0.0.1", "::1", "a:b:c", "LOG_LEVEL_INFO", "1.1.1.1,2.2.2.2", "\xff\xfe", "aa:bb"} {
		f.Add("client_ca_fingerprints", s)
		f.Add("level", s)
	}
	f.Fuzz(func(t *testing.T, key, text string) {
		k := audit.Recognise(key, text)
		if k.Prefix < 0 || k.Prefix >= max(len(text), 1) {
			t.Fatalf("the prefix of %q is %d bytes long", text, k.Prefix)
		}
		if (k.Meaning == audit.Moment) != !k.Time.IsZero() && text[:4] != "0001" {
			t.Fatalf("%q is %+v", text, k)
		}
	})
}
