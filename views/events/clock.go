package events

import (
	"time"

	"taudit/views"
)

// visibleTimes is how the times on the screen are written. Rows are in the order of time and only what is between them can
// join them, so while the view is held it changes at midnight alone.
func (p *Pane) visibleTimes() views.Stamp {
	s := p.data.Clock.Stamp(p.data.Now)
	for _, row := range p.slots {
		if row.key.Time != 0 {
			s = s.With(time.Unix(0, row.key.Time), p.data.Now)
		}
	}
	return s
}
