package shared

import (
	"sort"
	"time"
)

// Nanoseconds for one run of the body: the median of eleven batches.
func Nanoseconds(body func()) int64 {
	const batch = 2000
	var times []int64
	for i := 0; i < 12; i++ {
		began := time.Now()
		for j := 0; j < batch; j++ {
			body()
		}
		if i > 0 { // The first warms up.
			times = append(times, time.Since(began).Nanoseconds()/batch)
		}
	}
	sort.Slice(times, func(i, j int) bool { return times[i] < times[j] })
	return times[len(times)/2]
}
