package shared

// IsEmail tells an address as HTML's `input type=email` takes it, without the limits on lengths.
func IsEmail(text string) bool {
	at := -1
	for i := 0; i < len(text); i++ {
		if text[i] == '@' {
			if at >= 0 {
				return false
			}
			at = i
		} else if text[i] <= ' ' || text[i] >= 0x7f {
			return false
		}
	}
	return at > 0 && isDomain(text[at+1:])
}

// A regular expression would be shorter and, in Go, several times slower.
func isDomain(text string) bool {
	labels, length := 1, 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '.' && length > 0:
			labels, length = labels+1, 0
		case c == '-', '0' <= c && c <= '9', 'a' <= c|0x20 && c|0x20 <= 'z':
			length++
		default:
			return false
		}
	}
	return labels >= 2 && length > 0
}
