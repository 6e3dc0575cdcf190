package field

import "slices"

func sortedSet(list []uint32) []uint32 {
	slices.Sort(list)
	return slices.Compact(list)
}
