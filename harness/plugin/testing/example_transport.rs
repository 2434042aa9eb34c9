//! A transport in Rust, with the standard library alone: a connected pair of UNIX stream sockets.
//!
//!     rustc -O --crate-type cdylib -o libexample_transport_rs.so example_transport.rs
//!     ipcbench run --plugin ./libexample_transport_rs.so -m example_rust --peers fork
//!
//! The structures are those of ipcbench_plugin.h, version 1.
#![allow(non_camel_case_types)]

use std::io::{ErrorKind, Read, Write};
use std::os::raw::{c_char, c_int, c_void};
use std::os::unix::net::UnixStream;

const VERSION: u32 = 1;
const BLOCK: u32 = 1;
const SPIN: u32 = 2;
const STREAM: u32 = 1;
const FAILED: usize = usize::MAX;

#[repr(C)]
pub struct ipcbench_link {
    size: usize,
    message_bytes: usize,
    wait: u32,
    one_process: u32,
    one_cpu: u32,
    directory: *const c_char,
    name: *const c_char,
}

type Error = *mut c_char;

#[repr(C)]
pub struct ipcbench_transport {
    size: usize,
    name: *const c_char,
    summary: *const c_char,
    kind: *const c_char,
    made_of: *const c_char,
    waits: u32,
    traits: u32,
    max_message_bytes: usize,
    available: Option<extern "C" fn() -> *const c_char>,
    create: extern "C" fn(*const ipcbench_link, Error, usize) -> *mut c_void,
    destroy: extern "C" fn(*mut c_void),
    address: Option<extern "C" fn(*mut c_void) -> *const c_char>,
    join: Option<extern "C" fn(*const ipcbench_link, *const c_char, Error, usize) -> *mut c_void>,
    attach: extern "C" fn(*mut c_void, c_int, Error, usize) -> *mut c_void,
    detach: extern "C" fn(*mut c_void),
    loan: extern "C" fn(*mut c_void, usize, *mut usize) -> *mut c_void,
    commit: extern "C" fn(*mut c_void, usize) -> c_int,
    peek: extern "C" fn(*mut c_void, usize, *mut usize) -> *const c_void,
    release: extern "C" fn(*mut c_void),
    failure: Option<extern "C" fn(*mut c_void) -> *const c_char>,
    park: Option<extern "C" fn(*mut c_void)>,
    unpark_peer: Option<extern "C" fn(*mut c_void)>,
}

struct Pair {
    sockets: [UnixStream; 2],
    message_bytes: usize,
}

struct End {
    socket: UnixStream,
    buffer: Vec<u8>,
    written: usize, // of the message that commit() hands over
}

fn explain(problem: &str, error: Error, room: usize) {
    let text = &problem.as_bytes()[..problem.len().min(room.saturating_sub(1))];
    unsafe {
        std::ptr::copy_nonoverlapping(text.as_ptr().cast(), error, text.len());
        *error.add(text.len()) = 0;
    }
}

/// Gives the caller a pointer to what was made, or a null and the reason.
fn handed_out<T>(made: std::io::Result<T>, error: Error, room: usize) -> *mut c_void {
    match made {
        Ok(value) => Box::into_raw(Box::new(value)).cast(),
        Err(problem) => {
            explain(&problem.to_string(), error, room);
            std::ptr::null_mut()
        }
    }
}

extern "C" fn create(link: *const ipcbench_link, error: Error, room: usize) -> *mut c_void {
    let link = unsafe { &*link };
    let made = UnixStream::pair().and_then(|(a, b)| {
        for socket in [&a, &b] {
            socket.set_nonblocking(link.wait != BLOCK)?;
        }
        Ok(Pair { sockets: [a, b], message_bytes: link.message_bytes })
    });
    handed_out(made, error, room)
}

extern "C" fn destroy(object: *mut c_void) {
    drop(unsafe { Box::from_raw(object.cast::<Pair>()) });
}

extern "C" fn attach(object: *mut c_void, side: c_int, error: Error, room: usize) -> *mut c_void {
    let pair = unsafe { &*object.cast::<Pair>() };
    let made = pair.sockets[side as usize].try_clone();
    let buffer = vec![0; pair.message_bytes];
    handed_out(made.map(|socket| End { socket, buffer, written: 0 }), error, room)
}

extern "C" fn detach(end: *mut c_void) {
    drop(unsafe { Box::from_raw(end.cast::<End>()) });
}

extern "C" fn loan(end: *mut c_void, bytes: usize, lent: *mut usize) -> *mut c_void {
    let end = unsafe { &mut *end.cast::<End>() };
    unsafe { *lent = bytes.min(end.buffer.len()) };
    end.buffer.as_mut_ptr().cast()
}

extern "C" fn commit(end: *mut c_void, bytes: usize) -> c_int {
    let end = unsafe { &mut *end.cast::<End>() };
    while end.written < bytes {
        match end.socket.write(&end.buffer[end.written..bytes]) {
            Ok(count) => end.written += count,
            Err(problem) if problem.kind() == ErrorKind::WouldBlock => return 0,
            Err(problem) if problem.kind() == ErrorKind::Interrupted => {}
            Err(_) => return -1,
        }
    }
    end.written = 0;
    1
}

extern "C" fn peek(end: *mut c_void, bytes: usize, shown: *mut usize) -> *const c_void {
    let end = unsafe { &mut *end.cast::<End>() };
    let room = bytes.min(end.buffer.len());
    loop {
        match end.socket.read(&mut end.buffer[..room]) {
            Ok(0) => break, // the peer is gone
            Ok(count) => {
                unsafe { *shown = count };
                return end.buffer.as_ptr().cast();
            }
            Err(problem) if problem.kind() == ErrorKind::WouldBlock => return std::ptr::null(),
            Err(problem) if problem.kind() == ErrorKind::Interrupted => {}
            Err(_) => break,
        }
    }
    unsafe { *shown = FAILED };
    std::ptr::null()
}

extern "C" fn release(_end: *mut c_void) {}

extern "C" fn failure(_end: *mut c_void) -> *const c_char {
    b"the socket's other end is gone\0".as_ptr().cast()
}

struct Exported([*const ipcbench_transport; 2]);
unsafe impl Sync for Exported {}
unsafe impl Sync for ipcbench_transport {}

static TRANSPORT: ipcbench_transport = ipcbench_transport {
    size: std::mem::size_of::<ipcbench_transport>(),
    name: b"example_rust\0".as_ptr().cast(),
    summary: b"a connected pair of UNIX stream sockets, through Rust's standard library\0".as_ptr().cast(),
    kind: b"socket\0".as_ptr().cast(),
    made_of: b"UNIX stream socket\0".as_ptr().cast(),
    waits: BLOCK | SPIN,
    traits: STREAM,
    max_message_bytes: 0,
    available: None,
    create,
    destroy,
    address: None,
    join: None,
    attach,
    detach,
    loan,
    commit,
    peek,
    release,
    failure: Some(failure),
    park: None,
    unpark_peer: None,
};
static TRANSPORTS: Exported = Exported([&TRANSPORT, std::ptr::null()]);

/// The one function that a plug-in exports.
#[no_mangle]
pub extern "C" fn ipcbench_plugin(version: u32) -> *const *const ipcbench_transport {
    if version == VERSION { TRANSPORTS.0.as_ptr() } else { std::ptr::null() }
}
