package filterbar

import "taudit/views/prompt"

// what names what is typed here, for people.
const what = "filter"

// Keys gives every key that the line takes while it is edited, beside those that type text.
func (p *Pane) Keys() []prompt.Key { return prompt.Keys(what) }
