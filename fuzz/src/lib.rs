//! What every target shares: a bound on memory, and reading an input piece by piece.
//!
//! A file that is a few bytes long must not cost much memory, whatever it announces. So while an input is read, the bytes
//! that are held beyond those at the beginning may not exceed a constant and a factor of its length.

use std::{
    alloc::{GlobalAlloc, Layout, System},
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
};

/// Bytes that any input may cost: a table of bias corrections, at its longest, doubles to a hundred million of them.
pub const FREE: usize = 128 << 20;
/// Bytes that each byte of an input may cost beyond those: a digit of a table becomes a number, a gap a connection.
pub const EACH: usize = 4096;

struct Counting;

static HELD: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(usize::MAX);

fn take(bytes: usize) {
    let held = HELD.fetch_add(bytes, Relaxed) + bytes;
    if held > MOST.load(Relaxed) {
        // Whoever reports may allocate.
        MOST.store(usize::MAX, Relaxed);
        eprintln!("an allocation of {bytes} bytes makes {held}, more than this input may cost");
        std::process::abort();
    }
}

// SAFETY: every call is handed on to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        take(layout.size());
        unsafe { System.alloc(layout) }
    }
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        take(layout.size());
        unsafe { System.alloc_zeroed(layout) }
    }
    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        HELD.fetch_sub(layout.size(), Relaxed);
        unsafe { System.dealloc(at, layout) }
    }
    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        take(size);
        HELD.fetch_sub(layout.size(), Relaxed);
        unsafe { System.realloc(at, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Reads an input of so many bytes within the bound.
pub fn bounded<R>(length: usize, read: impl FnOnce() -> R) -> R {
    MOST.store(HELD.load(Relaxed) + FREE + EACH * length, Relaxed);
    let result = read();
    MOST.store(usize::MAX, Relaxed);
    result
}

/// The first byte of an input, and the rest.
pub fn choice(data: &[u8]) -> (u8, &[u8]) {
    data.split_first().map_or((0, data), |(&first, rest)| (first, rest))
}

/// Records of a journal as an input holds them: a byte for the kind, two for the length, the payload.
pub fn records(mut data: &[u8]) -> Vec<(u8, &[u8])> {
    let mut records = Vec::new();
    while let [kind, low, high, rest @ ..] = data {
        let (payload, after) = rest.split_at(usize::from(u16::from_le_bytes([*low, *high])).min(rest.len()));
        records.push((*kind, payload));
        data = after;
    }
    records
}
