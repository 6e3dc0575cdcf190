package fact

// CompactFrom is Compact with its thresholds.
var CompactFrom = compact
