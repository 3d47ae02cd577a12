/*
 * A driver of a GPU that is not there: its memory is the process's, its streams do at once what they
 * are told, every other question whether an event has passed is answered with no. It stops the
 * process where an argument is not what the driver asks for. With FAIL_AFTER set, it gives 700
 * (illegal address) from so many calls on, until its context is reset.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef int result;
typedef unsigned long long pointer;

static const size_t TOTAL = (size_t)4 << 30;
static void *const CONTEXT = (void *)0x1234;
static size_t used;
static long live;
static long calls;
static long fail_after = -1;
static int asked;

static void require(int held, const char *what) {
  if (!held) {
    fprintf(stderr, "STUB: %s\n", what);
    _Exit(70);
  }
}

static result call(void) {
  calls++;
  return fail_after >= 0 && calls > fail_after ? 700 : 0;
}

result cuInit(unsigned flags) {
  const char *after = getenv("FAIL_AFTER");
  if (after && fail_after == -1) {
    fail_after = atol(after);
  }
  require(flags == 0, "cuInit");
  return 0;
}

result cuDriverGetVersion(int *version) {
  const char *stated = getenv("DRIVER");
  *version = stated ? atoi(stated) : 12060;
  return 0;
}

result cuDeviceGet(int *device, int ordinal) {
  *device = ordinal;
  return ordinal == 0 ? 0 : 101;
}

result cuDeviceGetName(char *name, int length, int device) {
  strncpy(name, "Stub", length);
  return 0;
}

result cuDeviceGetAttribute(int *value, int attribute, int device) {
  /* 75 and 76: compute capability */
  *value = attribute == 75 ? 8 : attribute == 76 ? 6 : 0;
  return 0;
}

result cuDevicePrimaryCtxRetain(void **context, int device) {
  *context = CONTEXT;
  return 0;
}

result cuDevicePrimaryCtxReset_v2(int device) {
  fprintf(stderr, "STUB: reset\n");
  fail_after = -2;
  return 0;
}

result cuDevicePrimaryCtxRelease_v2(int device) {
  fprintf(stderr, "STUB: released with %ld handles and %zu bytes\n", live, used);
  return 0;
}

result cuCtxSetCurrent(void *context) {
  require(context == CONTEXT, "cuCtxSetCurrent");
  return 0;
}

result cuMemGetInfo_v2(size_t *free, size_t *total) {
  *free = TOTAL - used;
  *total = TOTAL;
  return 0;
}

result cuMemAlloc_v2(pointer *memory, size_t bytes) {
  result answer = call();
  if (answer || used + bytes > TOTAL) {
    return answer ? answer : 2;
  }
  size_t *block = malloc(bytes + 16);
  block[0] = bytes;
  block[1] = 77;
  memset(block + 2, 0xff, bytes);
  used += bytes;
  live++;
  *memory = (pointer)(block + 2);
  return 0;
}

result cuMemFree_v2(pointer memory) {
  size_t *block = (size_t *)memory - 2;
  require(block[1] == 77, "cuMemFree");
  block[1] = 0;
  used -= block[0];
  live--;
  free(block);
  return call();
}

result cuMemHostAlloc(void **memory, size_t bytes, unsigned flags) {
  result answer = call();
  if (!answer) {
    *memory = malloc(bytes);
    live++;
  }
  return answer;
}

result cuMemFreeHost(void *memory) {
  free(memory);
  live--;
  return call();
}

static result copy(void *to, const void *from, size_t bytes) {
  result answer = call();
  if (!answer) {
    memcpy(to, from, bytes);
  }
  return answer;
}

result cuMemcpyHtoDAsync_v2(pointer to, const void *from, size_t bytes, void *stream) {
  return copy((void *)to, from, bytes);
}

result cuMemcpyDtoHAsync_v2(void *to, pointer from, size_t bytes, void *stream) {
  return copy(to, (void *)from, bytes);
}

result cuMemcpyDtoDAsync_v2(pointer to, pointer from, size_t bytes, void *stream) {
  return copy((void *)to, (void *)from, bytes);
}

result cuMemsetD8Async(pointer memory, unsigned char value, size_t bytes, void *stream) {
  result answer = call();
  if (!answer) {
    memset((void *)memory, value, bytes);
  }
  return answer;
}

/* The only module: scatter_F32, scatter_F16 and, from 8.0 on, scatter_BF16. */
result cuModuleLoadData(void **module, const void *text) {
  result answer = call();
  require(strncmp(text, ".version 7.0\n.target sm_80", 26) == 0, "a module for 8.6");
  require(strlen(text) > 100 && ((const char *)text)[strlen(text) - 1] == '\n', "its end");
  if (!answer) {
    *module = strdup(text);
    live++;
  }
  return answer;
}

result cuModuleUnload(void *module) {
  free(module);
  live--;
  return 0;
}

result cuModuleGetFunction(void **function, void *module, const char *name) {
  char entry[64];
  snprintf(entry, sizeof entry, ".entry %s(", name);
  require(strstr(module, entry) != 0, "a function that the module lacks");
  *function = (void *)(size_t)(strcmp(name, "scatter_F32") == 0 ? 4 : strcmp(name, "scatter_F16") == 0 ? 2 : 0);
  require(*function != 0, "a function that this driver computes");
  return 0;
}

result cuLaunchKernel(void *function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz,
                      unsigned shared, void *stream, void **arguments, void **extra) {
  result answer = call();
  require(gx > 0 && gy > 0 && gz == 1 && bx == 256 && by == 1 && bz == 1 && shared == 0 && !extra, "cuLaunchKernel");
  const long long *table = *(const long long **)arguments[0];
  const float *values = *(const float **)arguments[1];
  for (unsigned piece = 0; !answer && piece < gy; piece++, table += 3) {
    for (long long i = 0; i < table[2]; i++) {
      float value = table[1] == -1 ? 0 : values[table[1] + i];
      if ((size_t)function == 4) {
        ((float *)table[0])[i] = value;
      } else {
        ((_Float16 *)table[0])[i] = (_Float16)value;
      }
    }
  }
  return answer;
}

/* CUDA_MEMCPY2D */
typedef struct {
  size_t x, y;
  int type;
  void *host;
  pointer device;
  void *array;
  size_t pitch;
} side;

typedef struct {
  side from, to;
  size_t width, height;
} rows;

result cuMemcpy2DAsync_v2(const rows *copied, void *stream) {
  result answer = call();
  require(copied->from.type == 2 && copied->to.type == 2, "memory types of cuMemcpy2DAsync");
  for (size_t i = 0; !answer && i < copied->height; i++) {
    memcpy((char *)copied->to.device + (copied->to.y + i) * copied->to.pitch + copied->to.x,
           (char *)copied->from.device + (copied->from.y + i) * copied->from.pitch + copied->from.x,
           copied->width);
  }
  return answer;
}

result cuStreamCreate(void **stream, unsigned flags) {
  require(flags == 1, "a stream that waits for the default one");
  *stream = malloc(8);
  live++;
  return 0;
}

result cuStreamDestroy_v2(void *stream) {
  free(stream);
  live--;
  return 0;
}

result cuStreamSynchronize(void *stream) { return call(); }

result cuStreamWaitEvent(void *stream, void *event, unsigned flags) { return call(); }

result cuEventCreate(void **event, unsigned flags) {
  result answer = call();
  require(flags == 2, "an event that keeps the time");
  if (!answer) {
    *event = malloc(8);
    live++;
  }
  return answer;
}

result cuEventRecord(void *event, void *stream) { return call(); }

result cuEventQuery(void *event) {
  result answer = call();
  return answer ? answer : asked++ & 1 ? 600 : 0;
}

result cuEventDestroy_v2(void *event) {
  free(event);
  live--;
  return 0;
}
