/* A plug-in for tests. The environment says what is wrong with it: its version, or a field of its transport. */
#include <ipcbench_plugin.h>
#include <stdlib.h>
#include <string.h>

static void *make(const struct ipcbench_link *link, char *error, size_t error_bytes) {
  (void)link;
  strncpy(error, "there is no such device; load its module", error_bytes);
  return NULL;
}
static void *attach(void *object, enum ipcbench_side side, char *error, size_t error_bytes) {
  (void)side, (void)error, (void)error_bytes;
  return object;
}
static void *loan(void *end, size_t bytes, size_t *lent) {
  *lent = bytes;
  return end;
}
static int commit(void *end, size_t bytes) { return end != NULL && bytes != 0; }
static const void *peek(void *end, size_t bytes, size_t *shown) { return loan(end, bytes, shown); }
static void nothing(void *end) { (void)end; }

static struct ipcbench_transport transport = {.size = sizeof(struct ipcbench_transport),
                                              .name = "refused",
                                              .summary = "cannot be made",
                                              .kind = "shared_memory",
                                              .made_of = "nothing",
                                              .waits = IPCBENCH_SPIN,
                                              .create = make,
                                              .destroy = nothing,
                                              .attach = attach,
                                              .detach = nothing,
                                              .loan = loan,
                                              .commit = commit,
                                              .peek = peek,
                                              .release = nothing};
static const struct ipcbench_transport *const transports[] = {&transport, NULL};
static const struct ipcbench_transport *const none[] = {NULL};

const struct ipcbench_transport *const *ipcbench_plugin(uint32_t version) {
  const char *const fault = getenv("IPCBENCH_TEST_FAULT");
  (void)version;
  if (fault == NULL) return transports;
  if (strcmp(fault, "version") == 0) return NULL;
  if (strcmp(fault, "none") == 0) return none;
  if (strcmp(fault, "size") == 0) transport.size = 16;
  if (strcmp(fault, "name") == 0) transport.name = "No Name";
  if (strcmp(fault, "taken") == 0) transport.name = "pipe";
  if (strcmp(fault, "kind") == 0) transport.kind = "pigeon";
  if (strcmp(fault, "waits") == 0) transport.waits = 0;
  if (strcmp(fault, "park") == 0) transport.waits = IPCBENCH_POLL;
  if (strcmp(fault, "verb") == 0) transport.peek = NULL;
  return transports;
}
