/*
 * Preloaded into the program under test: one chosen system call on files below a folder is refused, done by half, or
 * never returns because the process is killed at it.
 *
 *   TRUST_ROOT    only calls on paths below it, and on files opened from there, count
 *   TRUST_SIDE    write: what changes files and folders; read: what looks at them
 *   TRUST_SKIP    names of calls that do not count, each between spaces
 *   TRUST_FAULT   nothing (calls are only counted), kill (before the call), torn (a write by half, then kill),
 *                 refuse (with the number in TRUST_ERROR), short (a read or write by half)
 *   TRUST_AT      which call, counted from 1; with TRUST_FROM=1 every one from there on
 *   TRUST_TRACE   a file that gets one line a call: its number, its name, its path
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define PATH 4096

enum fault { NOTHING, KILL, TORN, REFUSE, SHORT };
enum side { WRITING, READING };
enum verdict { GO, STOP, HALF };

static char root[PATH], skip[256];
static enum fault fault;
static enum side side;
static int at, from_there_on, error_number, trace = -1, awake;
static atomic_int calls;

__attribute__((constructor)) static void wake(void) {
    const char *text = getenv("TRUST_ROOT");
    if (!text) return;
    snprintf(root, sizeof root, "%s", text);
    text = getenv("TRUST_SKIP");
    snprintf(skip, sizeof skip, "%s", text ? text : "");
    text = getenv("TRUST_SIDE");
    side = text && !strcmp(text, "read") ? READING : WRITING;
    text = getenv("TRUST_FAULT");
    const char *kinds[] = {"nothing", "kill", "torn", "refuse", "short"};
    for (int kind = 0; text && kind < 5; kind++)
        if (!strcmp(text, kinds[kind])) fault = kind;
    at = (text = getenv("TRUST_AT")) ? atoi(text) : 0;
    from_there_on = getenv("TRUST_FROM") != NULL;
    error_number = (text = getenv("TRUST_ERROR")) ? atoi(text) : EIO;
    if ((text = getenv("TRUST_TRACE")))
        trace = syscall(SYS_openat, AT_FDCWD, text, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    awake = 1;
}

/* The path of an open file, whoever opened it. */
static const char *path_of(int file, char *whole) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    long length = syscall(SYS_readlinkat, AT_FDCWD, link, whole, PATH - 1);
    if (length <= 0) return NULL;
    whole[length] = 0;
    return whole;
}

static const char *if_below(const char *whole) {
    size_t length = strlen(root);
    if (strncmp(whole, root, length)) return NULL;
    /* A neighbour whose name begins alike lies elsewhere. */
    return length && root[length - 1] != '/' && whole[length] && whole[length] != '/' ? NULL : whole;
}

/* The path, made absolute, where it lies below the root; else NULL. */
static const char *below(int folder, const char *path, char *whole) {
    if (!awake || !path || !*path) return NULL;
    if (*path == '/') {
        snprintf(whole, PATH, "%s", path);
    } else {
        char here[PATH];
        const char *start = folder == AT_FDCWD ? getcwd(here, sizeof here) : path_of(folder, here);
        if (!start) return NULL;
        snprintf(whole, PATH, "%.2000s/%.2000s", start, path);
    }
    return if_below(whole);
}

/* The path of an open file that lies below the root; else NULL. Pipes, sockets and devices have none. */
static const char *name_of(int file, char *whole) {
    if (!awake || file < 0) return NULL;
    const char *path = path_of(file, whole);
    return path && *path == '/' ? if_below(path) : NULL;
}

static enum verdict judge(enum side of, const char *call, const char *path) {
    if (!path || of != side) return GO;
    char name[32];
    snprintf(name, sizeof name, " %s ", call);
    if (strstr(skip, name)) return GO;
    int number = atomic_fetch_add(&calls, 1) + 1;
    if (trace >= 0) {
        char line[PATH + 64];
        int length = snprintf(line, sizeof line, "%d %s %s\n", number, call, path);
        syscall(SYS_write, trace, line, (size_t)length);
    }
    if (!at || number < at || (number > at && !from_there_on)) return GO;
    if (fault == KILL || (fault == TORN && strcmp(call, "write"))) {
        syscall(SYS_kill, getpid(), SIGKILL);
        for (;;) pause();
    }
    if (fault == REFUSE) {
        errno = error_number;
        return STOP;
    }
    return fault == NOTHING ? GO : HALF;
}

/* After half of a write: what `torn` does. */
static void tear(void) {
    if (fault != TORN) return;
    syscall(SYS_kill, getpid(), SIGKILL);
    for (;;) pause();
}

#define REAL(name) static __typeof__(&name) real; if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

#define OPEN(name, folder, call, ...) { \
    mode_t mode = 0; \
    if (flags & (O_CREAT | O_TMPFILE)) { va_list rest; va_start(rest, flags); mode = va_arg(rest, mode_t); va_end(rest); } \
    REAL(name); \
    char whole[PATH]; \
    const char *ours = below(folder, path, whole); \
    int changes = flags & (O_CREAT | O_TRUNC | O_WRONLY | O_RDWR); \
    if (judge(changes ? WRITING : READING, "open", ours) == STOP) return -1; \
    return call; \
}
int open(const char *path, int flags, ...) OPEN(open, AT_FDCWD, real(path, flags, mode))
int open64(const char *path, int flags, ...) OPEN(open64, AT_FDCWD, real(path, flags, mode))
int openat(int folder, const char *path, int flags, ...) OPEN(openat, folder, real(folder, path, flags, mode))
int openat64(int folder, const char *path, int flags, ...) OPEN(openat64, folder, real(folder, path, flags, mode))

#define MOVE(name, of, call) { \
    REAL(name); \
    char whole[PATH]; \
    enum verdict said = judge(of, call, name_of(file, whole)); \
    if (said == STOP) return -1; \
    if (said == HALF && size > 1) size /= 2; \
    ssize_t moved = MOVED; \
    if (said == HALF) tear(); \
    return moved; \
}
#define MOVED real(file, bytes, size)
ssize_t write(int file, const void *bytes, size_t size) MOVE(write, WRITING, "write")
ssize_t read(int file, void *bytes, size_t size) MOVE(read, READING, "read")
#undef MOVED
#define MOVED real(file, bytes, size, offset)
ssize_t pwrite64(int file, const void *bytes, size_t size, off64_t offset) MOVE(pwrite64, WRITING, "write")
ssize_t pread64(int file, void *bytes, size_t size, off64_t offset) MOVE(pread64, READING, "read")
#undef MOVED
ssize_t writev(int file, const struct iovec *parts, int count) {
    REAL(writev);
    char whole[PATH];
    enum verdict said = judge(WRITING, "write", name_of(file, whole));
    if (said == STOP) return -1;
    ssize_t moved = said == HALF ? real(file, parts, 1) : real(file, parts, count);
    if (said == HALF) tear();
    return moved;
}
ssize_t copy_file_range(int from, off64_t *begin, int to, off64_t *end, size_t size, unsigned flags) {
    REAL(copy_file_range);
    char whole[PATH];
    enum verdict said = judge(WRITING, "write", name_of(to, whole));
    if (said == STOP) return -1;
    ssize_t moved = real(from, begin, to, end, said == HALF && size > 1 ? 1 : size, flags);
    if (said == HALF) tear();
    return moved;
}

#define ONE(type, name, of, call, path, failed, parameters, arguments) \
    type name parameters { \
        REAL(name); \
        char whole[PATH]; \
        (void)whole; \
        return judge(of, call, path) == STOP ? failed : real arguments; \
    }
ONE(int, fsync, WRITING, "fsync", name_of(file, whole), -1, (int file), (file))
ONE(int, fdatasync, WRITING, "fsync", name_of(file, whole), -1, (int file), (file))
ONE(int, ftruncate64, WRITING, "truncate", name_of(file, whole), -1, (int file, off64_t size), (file, size))
ONE(int, fchmod, WRITING, "chmod", name_of(file, whole), -1, (int file, mode_t mode), (file, mode))
ONE(int, chmod, WRITING, "chmod", below(AT_FDCWD, p, whole), -1, (const char *p, mode_t mode), (p, mode))
ONE(int, rename, WRITING, "rename", below(AT_FDCWD, b, whole), -1, (const char *a, const char *b), (a, b))
ONE(int, renameat, WRITING, "rename", below(e, b, whole), -1, (int d, const char *a, int e, const char *b), (d, a, e, b))
ONE(int, renameat2, WRITING, "rename", below(e, b, whole), -1, (int d, const char *a, int e, const char *b, unsigned f), (d, a, e, b, f))
ONE(int, unlink, WRITING, "unlink", below(AT_FDCWD, p, whole), -1, (const char *p), (p))
ONE(int, unlinkat, WRITING, "unlink", below(d, p, whole), -1, (int d, const char *p, int f), (d, p, f))
ONE(int, rmdir, WRITING, "rmdir", below(AT_FDCWD, p, whole), -1, (const char *p), (p))
ONE(int, mkdir, WRITING, "mkdir", below(AT_FDCWD, p, whole), -1, (const char *p, mode_t mode), (p, mode))
ONE(int, mkdirat, WRITING, "mkdir", below(d, p, whole), -1, (int d, const char *p, mode_t mode), (d, p, mode))
ONE(int, link, WRITING, "link", below(AT_FDCWD, b, whole), -1, (const char *a, const char *b), (a, b))
ONE(int, linkat, WRITING, "link", below(e, b, whole), -1, (int d, const char *a, int e, const char *b, int f), (d, a, e, b, f))
ONE(int, symlink, WRITING, "link", below(AT_FDCWD, b, whole), -1, (const char *a, const char *b), (a, b))
/* What statx is asked about. Its header says that the path is never NULL, so that the compiler leaves the question out;
   who asks whether statx exists passes NULL, and volatile makes the compiler look. */
static const char *asked(int folder, const char *volatile passed, char *whole) {
    const char *path = passed;
    return path && *path ? below(folder, path, whole) : name_of(folder, whole);
}

ONE(DIR *, opendir, READING, "opendir", below(AT_FDCWD, p, whole), NULL, (const char *p), (p))
ONE(void *, mmap64, READING, "mmap", name_of(file, whole), MAP_FAILED, (void *a, size_t s, int p, int f, int file, off64_t o), (a, s, p, f, file, o))
ONE(void *, mmap, READING, "mmap", name_of(file, whole), MAP_FAILED, (void *a, size_t s, int p, int f, int file, off_t o), (a, s, p, f, file, o))
ONE(int, statx, READING, "stat", asked(d, p, whole), -1, (int d, const char *restrict p, int f, unsigned m, struct statx *restrict b), (d, p, f, m, b))
