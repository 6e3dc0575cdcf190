-- name: campaigns
-- Campaigns whose members were drawn into arms, with the arms' sizes.
SELECT e.object_key, (e.attrs ->> 'arm') AS arm, count(*), min(e.day), max(e.day)
FROM event AS e
WHERE e.verb = 'arm.assigned' AND e.object_key IS NOT NULL AND (e.attrs ->> 'arm') IS NOT NULL
GROUP BY 1, 2
ORDER BY 1, 2;

-- name: shovels
-- Shovels that were switched on, how, for how many, and when.
SELECT e.object_key, coalesce((e.attrs ->> 'scope'), '') AS scope, coalesce((e.attrs ->> 'design'), '') AS design, count(*), count(DISTINCT e.day), min(e.day), max(e.day)
FROM event AS e
WHERE e.verb = 'shovel.enabled' AND e.object_key IS NOT NULL
GROUP BY 1, 2, 3
ORDER BY 1, 2, 3;

-- name: uses
-- Shovels that were used, by how many colleagues.
SELECT e.object_key, count(*), count(DISTINCT e.staff), min(e.day), max(e.day)
FROM event AS e
WHERE e.verb = 'shovel.used' AND e.object_key IS NOT NULL
GROUP BY 1
ORDER BY 1;

-- name: launches
-- What the work book says went live, on how many days, and for whom first.
SELECT e.text, count(DISTINCT e.day), coalesce(min(e.attrs ->> 'teams'), ''), min(e.day),
       count(*) FILTER (WHERE EXISTS (SELECT 1 FROM membership AS m WHERE strpos(e.attrs ->> 'teams', m.team) > 0))
FROM event AS e
WHERE e.verb = 'work.launched' AND e.object_kind = 'work' AND e.ts_precision <> 'month' AND e.text IS NOT NULL
GROUP BY 1
ORDER BY 4, 1;

-- name: outcomes
-- Which outcomes there are, and of whom.
SELECT e.verb, count(*), count(DISTINCT e.staff), count(DISTINCT e.person), count(DISTINCT e.account), min(e.day), max(e.day)
FROM event AS e
WHERE e.verb IN ('deal.created', 'deal.won', 'contract.signed', 'order.placed', 'goal.reached', 'feedback.replied', 'activity.logged')
GROUP BY 1
ORDER BY 1;

-- name: slices
-- Tasks of which some were drawn to run without their shovel.
SELECT (e.attrs ->> 'shovel'), coalesce((e.attrs ->> 'kind'), ''), count(*), min(e.day), max(e.day)
FROM event AS e
WHERE e.verb = 'task.started' AND (e.attrs ->> 'withheld') = 'true' AND (e.attrs ->> 'shovel') IS NOT NULL
GROUP BY 1, 2
ORDER BY 1, 2;
