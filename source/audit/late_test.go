package audit

import (
	"testing"
	"time"
)

func TestLate(t *testing.T) {
	at := time.Date(2023, 11, 8, 8, 44, 20, 0, time.UTC)
	for _, c := range []struct {
		part  string
		after time.Duration
		want  bool
	}{
		{"shardId-000000000001", 2 * time.Minute, false},
		{"shardId-000000000001", 5*time.Minute + time.Second, true},
		{"shardId-000000000001", -time.Hour, false},
		{"firehose/2023/11/08/08/x.gz", 15 * time.Minute, false},
		{"firehose/2023/11/08/08/x.gz", 21 * time.Minute, true},
	} {
		o := Origin{Part: c.part, Arrived: at.Add(c.after)}
		if took, late := o.Late(at); late != c.want || took != c.after {
			t.Errorf("%s after %v: %v, took %v", c.part, c.after, late, took)
		}
	}
	if _, late := (&Origin{}).Late(at); late {
		t.Error("late without a time of arrival")
	}
	if _, late := (&Origin{Arrived: at}).Late(time.Time{}); late {
		t.Error("late without an emit time")
	}
}
