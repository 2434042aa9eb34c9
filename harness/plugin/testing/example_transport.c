/* A worked example of a transport in C: a mailbox of one slot in POSIX shared memory. Two semaphores in that
 * memory say whose turn it is: `empty` holds 1 while the sender may write, `full` while the receiver may read.
 *
 *     cc -O2 -shared -fPIC -o libexample_transport.so example_transport.c
 *     ipcbench run --plugin ./libexample_transport.so -m example_c
 */
#include <errno.h>
#include <fcntl.h>
#include <ipcbench_plugin.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct mailbox {
  sem_t empty, full;
  unsigned char slot[];
};

struct object {
  struct mailbox *box;
  size_t bytes;
  int sleeps;    /* in the verbs */
  int is_owner;  /* of the name */
  char name[80]; /* of the shared memory; also the address */
};

struct end {
  struct object *object;
  sem_t *own, *peers;
  int has_turn; /* park() has taken `own` already */
};

static void explain(char *error, size_t bytes, const char *call) {
  snprintf(error, bytes, "%s: %s", call, strerror(errno));
}

static void *map(const struct ipcbench_link *link, const char *name, int flags, char *error, size_t error_bytes) {
  struct object *object = calloc(1, sizeof *object);
  if (object == NULL) return explain(error, error_bytes, "calloc"), NULL;
  object->bytes = sizeof(struct mailbox) + link->message_bytes;
  object->sleeps = link->wait == IPCBENCH_BLOCK;
  object->is_owner = (flags & O_CREAT) != 0;
  snprintf(object->name, sizeof object->name, "%s", name);
  const int fd = shm_open(name, flags, 0600);
  if (fd < 0) return explain(error, error_bytes, "shm_open"), free(object), NULL;
  void *memory = MAP_FAILED;
  if (!object->is_owner || ftruncate(fd, (off_t)object->bytes) == 0)
    memory = mmap(NULL, object->bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (memory == MAP_FAILED) explain(error, error_bytes, "mmap");
  close(fd);
  if (memory == MAP_FAILED) {
    if (object->is_owner) shm_unlink(name);
    return free(object), NULL;
  }
  object->box = memory;
  return object;
}

static void *create(const struct ipcbench_link *link, char *error, size_t error_bytes) {
  char name[80];
  snprintf(name, sizeof name, "/%s", link->name);
  struct object *object = map(link, name, O_RDWR | O_CREAT | O_EXCL, error, error_bytes);
  if (object == NULL) return NULL;
  sem_init(&object->box->empty, 1, 1);
  sem_init(&object->box->full, 1, 0);
  return object;
}

static void *join(const struct ipcbench_link *link, const char *address, char *error, size_t error_bytes) {
  return map(link, address, O_RDWR, error, error_bytes);
}

static void destroy(void *pointer) {
  struct object *object = pointer;
  munmap(object->box, object->bytes);
  if (object->is_owner) shm_unlink(object->name);
  free(object);
}

static const char *address(void *pointer) { return ((struct object *)pointer)->name; }

static void *attach(void *pointer, enum ipcbench_side side, char *error, size_t error_bytes) {
  struct object *object = pointer;
  struct end *end = calloc(1, sizeof *end);
  if (end == NULL) return explain(error, error_bytes, "calloc"), NULL;
  end->object = object;
  end->own = side == IPCBENCH_SENDER ? &object->box->empty : &object->box->full;
  end->peers = side == IPCBENCH_SENDER ? &object->box->full : &object->box->empty;
  return end;
}

static int take(struct end *end) {
  if (end->has_turn) {
    end->has_turn = 0;
    return 1;
  }
  for (;;) {
    if ((end->object->sleeps ? sem_wait(end->own) : sem_trywait(end->own)) == 0) return 1;
    if (errno != EINTR) return 0;
  }
}

static void *loan(void *pointer, size_t bytes, size_t *lent) {
  struct end *end = pointer;
  if (!take(end)) return NULL;
  *lent = bytes;
  return end->object->box->slot;
}

static int commit(void *pointer, size_t bytes) {
  (void)bytes;
  return sem_post(((struct end *)pointer)->peers) == 0 ? 1 : -1;
}

static const void *peek(void *pointer, size_t bytes, size_t *shown) { return loan(pointer, bytes, shown); }

static void release(void *pointer) { sem_post(((struct end *)pointer)->peers); }

static void park(void *pointer) {
  struct end *end = pointer;
  if (!end->has_turn && sem_wait(end->own) == 0) end->has_turn = 1;
}

static const struct ipcbench_transport transport = {
    .size = sizeof(struct ipcbench_transport),
    .name = "example_c",
    .summary = "one slot of POSIX shared memory and two semaphores in it",
    .kind = "shared_memory",
    .made_of = "POSIX shared memory, process-shared semaphore",
    .waits = IPCBENCH_BLOCK | IPCBENCH_SPIN | IPCBENCH_POLL | IPCBENCH_ADAPTIVE,
    .traits = IPCBENCH_IN_PLACE | IPCBENCH_IN_MEMORY,
    .create = create,
    .destroy = destroy,
    .address = address,
    .join = join,
    .attach = attach,
    .detach = free,
    .loan = loan,
    .commit = commit,
    .peek = peek,
    .release = release,
    .park = park,
};
static const struct ipcbench_transport *const transports[] = {&transport, NULL};

const struct ipcbench_transport *const *ipcbench_plugin(uint32_t version) {
  return version == IPCBENCH_PLUGIN_VERSION ? transports : NULL;
}
