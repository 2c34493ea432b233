package arbiter.compliance_test

import data.arbiter.compliance

facts := {
	"phase": "after",
	"task": {"tool": "file-writer", "tags": [], "whatIf": false, "approval": "", "userId": "", "agent": ""},
	"plugin": {"id": "p", "category": "state-change", "grants": {}},
	"effects": {"files": [], "bytes": 0},
	"findings": [],
}

production := object.union(facts, {"task": {"tags": ["production"]}})

gone(path) := object.union(facts, {"effects": {"files": [{"path": path, "change": "deleted"}]}})

test_nothing_is_allowed if compliance.allow with input as facts

test_production_unapproved if {
	some d in compliance.deny with input as production
	d.rule == "production_unapproved"
}

test_production_approved if compliance.allow with input as object.union(production, {"task": {"approval": "required"}})

test_production_only_shown if compliance.allow with input as object.union(production, {"task": {"whatIf": true}})

test_agent_alone if {
	some d in compliance.deny with input as object.union(production, {"task": {"approval": "required", "agent": "bot"}})
	d.rule == "agent_alone"
}

test_agent_for_somebody if {
	compliance.allow with input as object.union(production, {"task": {"approval": "required", "agent": "bot", "userId": "ann"}})
}

test_licence_removed if {
	every path in ["LICENSE", "LICENCE.md", "vendor/NOTICE"] {
		some d in compliance.deny with input as gone(path)
		d.rule == "licence_removed"
	}
}

test_other_file_removed if compliance.allow with input as gone("src/license.ts")

test_too_many_files if {
	files := [{"path": format_int(n, 10), "change": "created"} | some n in numbers.range(1, 20001)]
	some d in compliance.deny with input as object.union(facts, {"effects": {"files": files}})
	d.rule == "too_many_files"
}

test_too_large if {
	some d in compliance.deny with input as object.union(facts, {"effects": {"bytes": 104857601}})
	d.rule == "too_large"
}
