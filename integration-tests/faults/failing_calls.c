/* Makes chosen calls on files below a folder fail. Loaded by LD_PRELOAD; see failing_calls.py.
 *
 * FAIL_UNDER  path that the files' paths begin with
 * FAIL_WHO    conductor, keeper or maestro: the program in which calls fail
 * FAIL_CALL   open, read, write, fsync, rename, ftruncate, mkdir, unlink; or any of them: any; or what
 *             may need room on the disk: room
 * FAIL_FIRST  the number of the first call that fails, from 1 on
 * FAIL_COUNT  how many fail
 * FAIL_ERRNO  with what
 * FAIL_TOLD   file that gets a byte for each call that failed
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static const char *under, *chosen;
static int first, count, number;
static atomic_int seen;

/* Whether this program, by the words of its command line, is the one that is meant. */
static int is_meant(const char *who)
{
    static char words[65536];
    int file = (int)syscall(SYS_openat, AT_FDCWD, /* not our own open */
                            "/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
    ssize_t size = file < 0 ? 0 : pread(file, words, sizeof words - 1, 0);
    if (file >= 0)
        close(file);
    int keeper = 0, conductor = 0, maestro = 0;
    for (char *word = words; word < words + size; word += strlen(word) + 1) {
        keeper |= strcmp(word, "maestro-keeper") == 0;
        conductor |= strcmp(word, "maestro_conductor") == 0;
        maestro |= strcmp(word, "maestro_cli") == 0;
    }
    return strcmp(who, "keeper") == 0 ? keeper : strcmp(who, "maestro") == 0 ? maestro : conductor;
}

__attribute__((constructor)) static void begin(void)
{
    const char *who = getenv("FAIL_WHO");
    under = getenv("FAIL_UNDER");
    chosen = getenv("FAIL_CALL");
    if (!who || !under || !chosen || !is_meant(who)) {
        chosen = "";
        return;
    }
    first = atoi(getenv("FAIL_FIRST"));
    count = atoi(getenv("FAIL_COUNT"));
    number = atoi(getenv("FAIL_ERRNO"));
}

static int is_chosen(const char *call)
{
    if (!chosen)
        return 0;
    if (!strcmp(chosen, "room"))
        return !strcmp(call, "make") || !strcmp(call, "write") || !strcmp(call, "rename") ||
               !strcmp(call, "mkdir");
    if (!strcmp(call, "make"))
        call = "open";
    return !strcmp(chosen, call) || !strcmp(chosen, "any");
}

static int fails(const char *call, const char *path)
{
    if (!is_chosen(call) || !path || strncmp(path, under, strlen(under)))
        return 0;
    int now = atomic_fetch_add(&seen, 1) + 1;
    if (now < first || now >= first + count)
        return 0;
    int told = (int)syscall(SYS_openat, AT_FDCWD, getenv("FAIL_TOLD"),
                            O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
    if (told >= 0) {
        syscall(SYS_write, told, "!", 1);
        close(told);
    }
    errno = number;
    return 1;
}

static int fails_fd(const char *call, int descriptor)
{
    char link[64], path[4096];
    if (!is_chosen(call))
        return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t size = readlink(link, path, sizeof path - 1);
    if (size < 0)
        return 0;
    path[size] = 0;
    return fails(call, path);
}

#define REAL(type, name, ...) \
    static type (*real)(__VA_ARGS__); \
    if (!real) \
        real = (type (*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

#define OPEN(name) \
    int name(const char *path, int flags, ...) \
    { \
        REAL(int, #name, const char *, int, ...); \
        va_list rest; \
        va_start(rest, flags); \
        mode_t mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(rest, mode_t) : 0; \
        va_end(rest); \
        return fails(flags & O_CREAT ? "make" : "open", path) ? -1 : real(path, flags, mode); \
    }
OPEN(open)
OPEN(open64)

#define OPENAT(name) \
    int name(int folder, const char *path, int flags, ...) \
    { \
        REAL(int, #name, int, const char *, int, ...); \
        va_list rest; \
        va_start(rest, flags); \
        mode_t mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(rest, mode_t) : 0; \
        va_end(rest); \
        return fails(flags & O_CREAT ? "make" : "open", path) ? -1 : \
            real(folder, path, flags, mode); \
    }
OPENAT(openat)
OPENAT(openat64)

DIR *opendir(const char *path)
{
    REAL(DIR *, "opendir", const char *);
    return fails("open", path) ? NULL : real(path);
}

ssize_t read(int descriptor, void *data, size_t size)
{
    REAL(ssize_t, "read", int, void *, size_t);
    return fails_fd("read", descriptor) ? -1 : real(descriptor, data, size);
}

ssize_t write(int descriptor, const void *data, size_t size)
{
    REAL(ssize_t, "write", int, const void *, size_t);
    return fails_fd("write", descriptor) ? -1 : real(descriptor, data, size);
}

ssize_t sendfile(int to, int from, off_t *offset, size_t size)
{
    REAL(ssize_t, "sendfile", int, int, off_t *, size_t);
    return fails_fd("write", to) ? -1 : real(to, from, offset, size);
}

ssize_t copy_file_range(int from, off64_t *at, int to, off64_t *there, size_t size, unsigned flags)
{
    REAL(ssize_t, "copy_file_range", int, off64_t *, int, off64_t *, size_t, unsigned);
    return fails_fd("write", to) ? -1 : real(from, at, to, there, size, flags);
}

int fsync(int descriptor)
{
    REAL(int, "fsync", int);
    return fails_fd("fsync", descriptor) ? -1 : real(descriptor);
}

int fdatasync(int descriptor)
{
    REAL(int, "fdatasync", int);
    return fails_fd("fsync", descriptor) ? -1 : real(descriptor);
}

int ftruncate(int descriptor, off_t size)
{
    REAL(int, "ftruncate", int, off_t);
    return fails_fd("ftruncate", descriptor) ? -1 : real(descriptor, size);
}

int ftruncate64(int descriptor, off64_t size)
{
    REAL(int, "ftruncate64", int, off64_t);
    return fails_fd("ftruncate", descriptor) ? -1 : real(descriptor, size);
}

int rename(const char *from, const char *to)
{
    REAL(int, "rename", const char *, const char *);
    return fails("rename", from) ? -1 : real(from, to);
}

int mkdir(const char *path, mode_t mode)
{
    REAL(int, "mkdir", const char *, mode_t);
    return fails("mkdir", path) ? -1 : real(path, mode);
}

int unlink(const char *path)
{
    REAL(int, "unlink", const char *);
    return fails("unlink", path) ? -1 : real(path);
}
