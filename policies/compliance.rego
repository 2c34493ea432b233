# What has to be kept to so that changes can be answered for.
package arbiter.compliance

default allow := false

allow if {
	input.phase in {"before", "after"}
	count(deny) == 0
}

most_files := 20000

most_bytes := 104857600

licences := `(^|/)(LICEN[CS]E|NOTICE|COPYING)([.-][^/]*)?$`

deny contains {"rule": "production_unapproved", "message": message} if {
	"production" in input.task.tags
	input.plugin.category == "state-change"
	input.task.approval != "required"
	not input.task.whatIf
	message := "A change tagged \"production\" needs \"approval\": \"required\""
}

deny contains {"rule": "agent_alone", "message": message} if {
	input.task.agent != ""
	input.task.userId == ""
	"production" in input.task.tags
	message := sprintf("The agent %s acts in production for nobody; give the task a userId", [input.task.agent])
}

deny contains {"rule": "licence_removed", "message": message} if {
	some file in input.effects.files
	file.change == "deleted"
	regex.match(licences, file.path)
	not "licence" in input.task.tags
	message := sprintf("%s would be deleted; tag the task \"licence\" if that is meant", [file.path])
}

deny contains {"rule": "too_many_files", "message": message} if {
	count(input.effects.files) > most_files
	message := sprintf("The change touches %d files; nobody can answer for more than %d at once", [count(input.effects.files), most_files])
}

deny contains {"rule": "too_large", "message": message} if {
	input.effects.bytes > most_bytes
	message := sprintf("The change brings %d bytes; the limit is %d", [input.effects.bytes, most_bytes])
}
