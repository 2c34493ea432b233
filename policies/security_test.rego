package arbiter.security_test

import data.arbiter.security

task := {"tool": "file-writer", "workspace": "/srv/work", "tags": [], "whatIf": false, "approval": "", "userId": "", "agent": ""}

facts := {
	"phase": "after",
	"task": task,
	"plugin": {"id": "p", "category": "state-change", "grants": {}},
	"effects": {"files": [], "bytes": 0},
	"findings": [],
}

file(path, mode) := {"path": path, "change": "created", "type": "file", "mode": mode, "size": 1}

changed(files) := object.union(facts, {"effects": {"files": files, "bytes": 1}})

test_nothing_is_allowed if security.allow with input as facts

test_unknown_phase_is_denied if not security.allow with input as object.union(facts, {"phase": "later"})

test_system_folder if {
	some folder in ["/etc", "/usr/lib"]
	denied := {d.rule | some d in security.deny} with input as object.union(facts, {"task": {"workspace": folder}})
	denied == {"system_folder"}
}

test_like_a_system_folder if security.allow with input as object.union(facts, {"task": {"workspace": "/etcetera"}})

test_network_everywhere if {
	some d in security.deny with input as object.union(facts, {"plugin": {"grants": {"hosts": ["*"]}}})
	d.rule == "network_everywhere"
}

test_named_hosts if security.allow with input as object.union(facts, {"plugin": {"grants": {"hosts": ["example.org"]}}})

test_secret if {
	finding := {"kind": "secret", "path": "a.env", "line": 3, "message": "aws: AWSSecretAccessKey"}
	some d in security.deny with input as object.union(facts, {"findings": [finding]})
	d.message == "a.env:3 holds a secret (aws: AWSSecretAccessKey)"
}

test_secret_in_task if {
	finding := {"kind": "secret-in-task", "path": "input.content", "line": 2, "message": "aws: AWSSecretAccessKey"}
	denied := {d.message | some d in security.deny} with input as object.union(facts, {"phase": "before", "findings": [finding]})
	denied == {"The task holds a secret in input.content, line 2 (aws: AWSSecretAccessKey); name it in arbiter.yaml instead"}
}

test_not_looked_at if {
	finding := {"kind": "not-looked-at", "path": "big.txt", "line": 0, "message": "more than 8 MB of text"}
	some d in security.deny with input as object.union(facts, {"findings": [finding]})
	d.rule == "not_looked_at"
}

test_key_file if {
	every path in ["id_rsa", ".ssh/id_ed25519", "certs/server.p12", "home/.netrc"] {
		some d in security.deny with input as changed([file(path, "644")])
		d.rule == "key_file"
	}
}

test_public_key if security.allow with input as changed([file("id_rsa.pub", "644")])

test_set_user_id if {
	some d in security.deny with input as changed([file("run", "4755")])
	d.rule == "set_user_id"
}

test_plain_modes if security.allow with input as changed([file("run", "755"), file("b", "0755")])

test_pipeline if {
	some d in security.deny with input as changed([file(".github/workflows/ci.yml", "644")])
	d.rule == "pipeline"
}

test_pipeline_meant if {
	meant := object.union(changed([file("Jenkinsfile", "644")]), {"task": {"tags": ["pipeline"]}})
	security.allow with input as meant
}
