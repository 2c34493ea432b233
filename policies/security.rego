# What must never happen, whoever asks for it.
# Asked twice: at Validate (input.phase is "before") and at Verify ("after", with input.effects and input.findings).
package arbiter.security

default allow := false

allow if {
	input.phase in {"before", "after"}
	count(deny) == 0
}

system_folders := {"/bin", "/boot", "/dev", "/etc", "/lib", "/proc", "/sbin", "/sys", "/usr"}

deny contains {"rule": "system_folder", "message": message} if {
	some folder in system_folders
	within(input.task.workspace, folder)
	message := sprintf("The workspace %s lies in %s, which belongs to the system", [input.task.workspace, folder])
}

deny contains {"rule": "network_everywhere", "message": message} if {
	"*" in object.get(input.plugin.grants, "hosts", [])
	message := sprintf("The plugin %s asks for every host; name the hosts it needs", [input.plugin.id])
}

deny contains {"rule": "secret", "message": message} if {
	some finding in input.findings
	finding.kind == "secret"
	message := sprintf("%s:%d holds a secret (%s)", [finding.path, finding.line, finding.message])
}

deny contains {"rule": "secret_in_task", "message": message} if {
	some finding in input.findings
	finding.kind == "secret-in-task"
	message := sprintf("The task holds a secret in %s, line %d (%s); name it in arbiter.yaml instead", [finding.path, finding.line, finding.message])
}

deny contains {"rule": "not_looked_at", "message": message} if {
	some finding in input.findings
	finding.kind == "not-looked-at"
	message := sprintf("%s could not be searched for secrets: %s", [finding.path, finding.message])
}

deny contains {"rule": "key_file", "message": message} if {
	some file in brought
	regex.match(`(^|/)(id_(rsa|dsa|ecdsa|ed25519)|\.netrc|\.pgpass|\.git-credentials|\.aws/credentials|[^/]+\.(p12|pfx|keystore))$`, file.path)
	message := sprintf("%s is a file that keys are kept in", [file.path])
}

deny contains {"rule": "set_user_id", "message": message} if {
	some file in brought
	file.type == "file"
	regex.match(`^[2-7][0-7]{3}$`, file.mode)
	message := sprintf("%s would run with the rights of its owner (mode %s)", [file.path, file.mode])
}

deny contains {"rule": "pipeline", "message": message} if {
	some file in input.effects.files
	regex.match(`^(\.github/workflows/|\.gitlab-ci\.yml$|\.circleci/|Jenkinsfile$|azure-pipelines\.yml$)`, file.path)
	not "pipeline" in input.task.tags
	message := sprintf("%s decides what CI runs; tag the task \"pipeline\" if that is meant", [file.path])
}

brought contains file if {
	some file in input.effects.files
	file.change != "deleted"
}

within(path, folder) if path == folder

within(path, folder) if startswith(path, concat("", [folder, "/"]))
