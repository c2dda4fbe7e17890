//! Memory that was freed.

/// Gives memory that was freed back to the system, where the allocator keeps it for later: each thread of a pass has its own
/// store, which would stay as large as it ever was. For the end of a pass. Cost: some ms.
pub fn give_back() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        unsafe extern "C" {
            fn malloc_trim(pad: usize) -> std::ffi::c_int;
        }
        // SAFETY: glibc's, for any thread at any time; it touches only memory that is free.
        unsafe { malloc_trim(0) };
    }
}
