package suggest

// verbOf says what it means that a thing has a time of a kind; "" = nothing
// that the glossary knows.
func verbOf(noun, when string) string {
	if v, ok := verbs[noun+" "+when]; ok {
		return v
	}
	if v, ok := verbs[" "+when]; ok && when != "" {
		return v
	}
	return ""
}

// first is what a thing's only or first time says happened.
var first = map[string]string{
	"deal": "deal.created", "quote": "quote.sent", "contract": "contract.signed", "payment": "payment.received", "invoice": "invoice.issued", "order": "order.placed",
	"coupon": "coupon.redeemed", "campaign": "campaign.launched", "case": "feedback.received", "review": "feedback.received", "message": "message.sent", "lead": "lead.created",
	"shovel": "work.launched", "report": "report.viewed", "idea": "idea.sought", "work": "work.requested", "task": "task.started", "request": "request.queued",
	"touch": "touch.sent", "visit": "site.visited", "activity": "activity.logged", "funding": "funding.raised", "handover": "account.handed", "wage": "wage.paid",
	"move": "staff.moved", "access": "shovel.enabled", "stat": "stat.reported", "need": "need.raised", "account": "account.created", "person": "person.registered",
	"staff": "staff.joined", "delivery": "shovel.offered",
}

var verbs = map[string]string{
	"deal won": "deal.won", "deal lost": "deal.lost", "deal closed": "deal.won", "deal created": "deal.created", "deal assigned": "deal.assigned",
	"contract signed": "contract.signed", "contract created": "contract.signed", "contract ended": "",
	"order created": "order.placed", "order paid": "order.placed",
	"campaign started": "campaign.launched", "campaign launched": "campaign.launched", "campaign created": "campaign.launched", "campaign ended": "campaign.ended",
	"case created": "feedback.received", "case replied": "feedback.replied", "case resolved": "feedback.resolved", "case closed": "feedback.closed", "case updated": "feedback.updated",
	"case assigned": "feedback.assigned", "case opened": "feedback.received", "case ended": "feedback.closed",
	"review created": "feedback.received", "lead created": "lead.created", "lead assigned": "lead.assigned",
	"account created": "account.created", "account churned": "account.churned", "account ended": "account.churned", "account updated": "",
	"person created": "person.registered", "person churned": "", "staff joined": "staff.joined", "staff left": "staff.left", "staff created": "", "staff effective": "staff.moved",
	"shovel launched": "work.launched", "shovel ended": "work.stopped", "access enabled": "shovel.enabled", "access ended": "shovel.disabled", "access closed": "shovel.disabled",
	"shovel enabled": "shovel.enabled", "shovel closed": "shovel.disabled",
	"report visited": "report.viewed", "visit visited": "site.visited", "report opened": "report.viewed",
	"idea sought": "idea.sought", "idea started": "idea.sought", "idea created": "idea.sought", "idea chosen": "idea.chosen", "idea launched": "idea.launched",
	"work created": "work.requested", "work started": "work.started", "work launched": "work.launched", "work resolved": "work.done", "work closed": "work.done", "work ended": "work.done",
	"stat sent":    "stat.reported",
	"task started": "task.started", "task ended": "task.ended", "task resolved": "task.ended", "task created": "task.started",
	"touch sent": "touch.sent", "touch delivered": "touch.delivered", "touch opened": "touch.opened", "touch clicked": "touch.clicked", "touch grouped": "arm.assigned", "touch created": "touch.sent",
	"move effective": "staff.moved", "message sent": "message.sent", "message created": "message.sent",
	"request created": "request.queued", "request resolved": "request.completed", "request closed": "request.completed",
	" signed": "contract.signed", " paid": "payment.received", " redeemed": "coupon.redeemed", " grouped": "arm.assigned", " clicked": "touch.clicked",
	" replied": "feedback.replied", " churned": "account.churned", " joined": "staff.joined", " left": "staff.left", " won": "deal.won", " lost": "deal.lost", " funded": "funding.raised",
}

// staged are the verbs of a process's stages.
var staged = map[string]map[string]string{
	"case": {"received": "feedback.received", "queued": "feedback.assigned", "assigned": "feedback.assigned", "paused": "feedback.paused", "escalated": "feedback.escalated", "replied": "feedback.replied",
		"resolved": "feedback.resolved", "closed": "feedback.closed", "reopened": "feedback.reopened"},
	"request": {"received": "request.queued", "queued": "request.queued", "assigned": "request.accepted", "resolved": "request.completed", "closed": "request.completed"},
	"work":    {"received": "work.requested", "assigned": "work.started", "resolved": "work.done", "closed": "work.done"},
}

// objectKinds turns a table's noun into the glossary's kind of object.
var objectKinds = map[string]string{
	"touch": "campaign", "visit": "page", "activity": "activity", "funding": "company", "access": "shovel", "delivery": "shovel", "wage": "", "move": "", "account": "", "person": "", "staff": "",
	"need": "need", "stat": "stat", "handover": "handover",
}

func objectKind(noun string) string {
	if k, ok := objectKinds[noun]; ok {
		return k
	}
	return noun
}
