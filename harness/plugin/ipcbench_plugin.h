/* A transport for ipcbench in any language that can export a C function. Build a shared object that exports
 * ipcbench_plugin(), and measure it beside the kernel's mechanisms:
 *
 *     cc -O2 -shared -fPIC -o mine.so mine.c
 *     ipcbench run --plugin ./mine.so -m mine,pipe
 *
 * Stable: a later program loads this version's plug-ins. A structure only grows at its end, and says its
 * size; what an older plug-in does not have is taken as zero. A change of anything else changes
 * IPCBENCH_PLUGIN_VERSION, and the program then says which version it wants.
 *
 * The obligations are those of a mechanism in C++ (harness/contract/mechanism.hpp):
 *  - One object carries messages one way. A ping-pong makes two objects.
 *  - The four verbs of an end are loan and commit (sender), peek and release (receiver). They return at once,
 *    "not now" if they cannot go on, and are called again; where `wait` is IPCBENCH_BLOCK they may sleep.
 *  - No end is called from two threads at once. Both ends may be threads of one process (`one_process`).
 *  - What is created is readable and writable by this user only. Whatever has a name is in `directory`, which
 *    is removed after the launch even if a process is killed; or it is the POSIX shared memory, queue or
 *    semaphore called "/" and then `name`, which is removed as well.
 *  - A verb may wait for a peer that has died: the harness ends a launch that hangs.
 */
#ifndef IPCBENCH_PLUGIN_H
#define IPCBENCH_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define IPCBENCH_PLUGIN_VERSION 1u

/* How an end waits. A transport states those that it supports, a link has one of them. */
#define IPCBENCH_BLOCK 1u    /* the verbs, or park(), sleep until the peer has done its part */
#define IPCBENCH_SPIN 2u     /* the harness calls the verb again and again */
#define IPCBENCH_POLL 4u     /* the harness calls park() before each peek(), like an event loop */
#define IPCBENCH_ADAPTIVE 8u /* it spins for a while, then calls park() */

#define IPCBENCH_STREAM 1u    /* messages run together; without it each stays by itself */
#define IPCBENCH_IN_PLACE 2u  /* peek() shows the memory that loan() lent */
#define IPCBENCH_IN_MEMORY 4u /* both processes map the memory of the message; the kernel does not carry it \
                               */

struct ipcbench_link {
  size_t size;           /* of this structure, as the program knows it */
  size_t message_bytes;  /* the longest message */
  uint32_t wait;         /* one of the four above */
  uint32_t one_process;  /* both ends are threads of this process */
  uint32_t one_cpu;      /* both ends are pinned to one CPU */
  const char *directory; /* of this launch, mode 0700, removed afterwards */
  const char *name;      /* unpredictable, unique to this object */
};

enum ipcbench_side { IPCBENCH_SENDER = 0, IPCBENCH_RECEIVER = 1 };

/* All functions but those marked optional have to be there. An `error` takes a line of at most error_bytes
 * with the cause and, where there is one, the remedy; the function then returns null. Text that is returned
 * stays valid until the object or end is gone. */
struct ipcbench_transport {
  size_t size;         /* sizeof(struct ipcbench_transport) */
  const char *name;    /* as in cell names: [a-z0-9_]+ */
  const char *summary; /* one line for `ipcbench list` */
  const char *kind; /* as `ipcbench list --json` names it: "shared_memory", "socket", "queue", "pipe", ... */
  const char *made_of; /* its objects, comma-separated: "POSIX shared memory, futex" */
  uint32_t waits;
  uint32_t traits;
  size_t max_message_bytes; /* 0: no limit */

  /* Optional. Null: it works here; otherwise why it does not. */
  const char *(*available)(void); /* NOLINT(modernize-redundant-void-arg): it is C */

  void *(*create)(const struct ipcbench_link *link, char *error, size_t error_bytes);
  void (*destroy)(void *object); /* removes whatever has a name, in the process that created it */
  /* Optional, both or neither: by the address, a process that is no descendant joins the object. */
  const char *(*address)(void *object);
  void *(*join)(const struct ipcbench_link *link, const char *address, char *error, size_t error_bytes);

  /* One end, in the process that uses it. Waits for the other end if it has to. */
  void *(*attach)(void *object, enum ipcbench_side side, char *error, size_t error_bytes);
  void (*detach)(void *end);

  /* Room for 1 to `bytes` bytes of the current message. Null: full now. */
  void *(*loan)(void *end, size_t bytes, size_t *lent);
  /* Hands over what was written. 0: full now, call again with the same number; negative: failed. */
  int (*commit)(void *end, size_t bytes);
  /* The next 1 to `bytes` bytes of the current message. Null: none yet. */
  const void *(*peek)(void *end, size_t bytes, size_t *shown);
  /* Done with what peek() gave. */
  void (*release)(void *end);
  /* Optional. Why a verb failed: asked after a negative commit(), and after every null of loan() and peek()
   * that left the number of bytes at SIZE_MAX. */
  const char *(*failure)(void *end);
  /* Optional. Sleeps until a verb may succeed; may return early. Never called under IPCBENCH_SPIN. */
  void (*park)(void *end);
  /* Optional. Wakes the peer out of its park(); called after each commit() and release(), but not under
   * IPCBENCH_SPIN. */
  void (*unpark_peer)(void *end);
};

/* The transports of this shared object, a null pointer behind the last; null if it was made for another
 * version than that of the program. The one function that a plug-in exports. */
const struct ipcbench_transport *const *ipcbench_plugin(uint32_t version);

#ifdef __cplusplus
}
#endif
#endif
