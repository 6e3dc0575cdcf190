package fact

// StageTables is the DDL of a stage file, the DuckDB database that carries one
// parsed delivery to Commit. Ids in the plain tables are unique; earlier rows
// of the same delivery with the same id stand in _dup.
var StageTables = []string{
	stageTable("stage_event", eventColumns), stageTable("stage_event_dup", eventColumns),
	stageTable("stage_party_record", recordColumns), stageTable("stage_party_record_dup", recordColumns),
	stageTable("stage_membership", membershipColumns), stageTable("stage_membership_dup", membershipColumns),
	stageTable("stage_snapshot", snapshotColumns), stageTable("stage_snapshot_dup", snapshotColumns),
	stageTable("stage_reject", "batch_id UUID, tbl VARCHAR, row_no BIGINT, line_no BIGINT, col VARCHAR, code VARCHAR, reason VARCHAR, reason_zh VARCHAR, text VARCHAR"),
}

const (
	headColumns  = "id UUID, source VARCHAR, tbl VARCHAR, batch_id UUID, row_no BIGINT, "
	eventColumns = headColumns + "verb VARCHAR, ts TIMESTAMP, ts_precision VARCHAR, day DATE, loaded_at TIMESTAMP, account UUID, person UUID, staff UUID, " +
		"object_kind VARCHAR, object_key VARCHAR, channel VARCHAR, amount DECIMAL(18,4), currency VARCHAR, quantity DOUBLE, unit VARCHAR, text VARCHAR, attrs JSON"
	recordColumns = headColumns + "loaded_at TIMESTAMP, party UUID, kind VARCHAR, namespace VARCHAR, key VARCHAR, " +
		"name VARCHAR, phone VARCHAR, email VARCHAR, tax_no VARCHAR, address VARCHAR, city VARCHAR, title VARCHAR, company VARCHAR, attrs JSON"
	membershipColumns = headColumns + "loaded_at TIMESTAMP, staff UUID, team VARCHAR, since TIMESTAMP, until TIMESTAMP"
	snapshotColumns   = headColumns + "loaded_at TIMESTAMP, noun VARCHAR, key VARCHAR, party UUID, party_kind VARCHAR, fields JSON"
)

func stageTable(name, columns string) string { return "CREATE TABLE " + name + " (" + columns + ")" }
