package audit

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// wantLargePages asks for pages of 2 MiB. It may be in vain, which costs nothing but time.
func wantLargePages(b []byte) {
	const page = 2 << 20
	from := int(-uintptr(unsafe.Pointer(unsafe.SliceData(b))) & (page - 1))
	if from < len(b) {
		b = b[from:]
		_ = unix.Madvise(b[:len(b)&^(page-1)], unix.MADV_HUGEPAGE)
	}
}
