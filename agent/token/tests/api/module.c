/*
 * PKCS #11 modules for the tests, one for each -D.
 *
 * INIT_SEGV, INIT_ABORT, INIT_EXIT, INIT_HANG, INIT_10G, INIT_SHARED, INIT_ZERO, INIT_LOCKS, LOAD_SEGV, INTERFACE and
 * NO_LIST fail, or are odd, when they are loaded. INIT_ANSWERS says by itself, past its worker, that
 * it has 80,000 tokens. PROBE tries what a fence forbids, and leaves a line for each
 * attempt in the file JOURNAL. The others are SoftHSM (its path in SOFTHSM) but for one thing:
 *
 * - LOGIN_CANCEL fails C_Login as a reader does whose keypad has a key for "no";
 * - SIGN_HANG, SIGN_SEGV, SIGN_ABORT, SIGN_EXIT, SIGN_FAIL, SIGN_LIE, SIGN_SHORT, SIGN_HUGE spoil C_Sign;
 * - VALUE_HUGE, VALUE_LONGER, VALUE_GARBAGE, LABEL_LONG spoil what it says of certificates;
 * - TEXT_WILD spoils all texts of slots and tokens, SLOTS_MANY the number of slots;
 * - PRINT prints.
 *
 * Each call of C_Login and C_Sign leaves a line in JOURNAL, with the process's id, and so does each
 * certificate's value that is read.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <linux/fs.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

typedef unsigned long number;
struct functions {
    unsigned char version[2];
    void *all[68];
};
struct attribute {
    number type;
    void *value;
    number length;
};
enum { INITIALIZE = 0, GET_SLOTS = 4, GET_SLOT = 5, GET_TOKEN = 6, LOGIN = 18, GET_ATTRIBUTES = 24, SIGN = 43 };

#ifdef LOAD_SEGV
__attribute__((constructor)) static void load(void) { *(volatile int *)0 = 1; }
#endif

#ifdef INTERFACE
number C_GetInterface(void *name, void *version, void **interface, number flags) { return 0x54; }
#endif

#ifdef SOFTHSM

static struct functions inner, outer;

static void note(const char *what) {
#ifdef PRINT
    printf("%s\n", what);
    fflush(stdout);
#endif
    FILE *journal = fopen(JOURNAL, "a");
    fprintf(journal, "%s %d\n", what, getpid());
    fclose(journal);
}

static number login(number session, number user, void *pin, number length) {
    note("login");
#ifdef LOGIN_CANCEL
    return 0x50; /* CKR_FUNCTION_CANCELED */
#endif
    return ((number (*)(number, number, void *, number))inner.all[LOGIN])(session, user, pin, length);
}

static number sign(number session, void *data, number length, unsigned char *out, number *width) {
    if (out) {
        note("sign");
#if defined(SIGN_HANG)
        for (;;) pause();
#elif defined(SIGN_SEGV)
        *(volatile int *)0 = 1;
#elif defined(SIGN_ABORT)
        abort();
#elif defined(SIGN_EXIT)
        exit(0);
#elif defined(SIGN_FAIL)
        return 5;
#endif
    }
    number result = ((number (*)(number, void *, number, void *, number *))inner.all[SIGN])(
        session, data, length, out, width);
#if defined(SIGN_HUGE)
    if (!out) *width = 1ul << 60;
#elif defined(SIGN_LIE)
    if (out) out[7] ^= 1;
#elif defined(SIGN_SHORT)
    if (out) *width -= 1;
#endif
    return result;
}

enum { LABEL = 3, VALUE = 17, WILD = 60000 };

static number attributes(number session, number object, struct attribute *all, number count) {
    number (*ask)(number, number, struct attribute *, number) = inner.all[GET_ATTRIBUTES];
#ifdef LABEL_LONG
    /* SoftHSM would say that it does not fit. */
    for (number i = 0; i < count; i++) {
        if (all[i].type != LABEL) continue;
        if (all[i].value) memset(all[i].value, '\n', WILD);
        all[i].length = WILD;
        return count == 1 ? 0 : (ask(session, object, all, i) | ask(session, object, all + i + 1, count - i - 1));
    }
#endif
    number result = ask(session, object, all, count);
    for (number i = 0; i < count; i++) {
        if (all[i].type == VALUE && all[i].value) note("read");
#if defined(VALUE_HUGE)
        if (!all[i].value) all[i].length = 10ul << 30;
#elif defined(VALUE_LONGER)
        if (all[i].value) all[i].length *= 1000;
#elif defined(VALUE_GARBAGE)
        if (all[i].type == VALUE && all[i].value) memset(all[i].value, 0x30, all[i].length);
#endif
    }
    return result;
}

#ifdef TEXT_WILD
/* No text ends, or is padded; each is full of what turns and hides text, and is no UTF-8 at its end. */
static void spoil(unsigned char *text, number length) {
    for (number i = 0; i < length; i++) text[i] = "\xe2\x80\xae\x1b"[i % 4];
}

static number slot(number id, unsigned char *info) {
    number result = ((number (*)(number, void *))inner.all[GET_SLOT])(id, info);
    spoil(info, 64 + 32);
    return result;
}

static number token(number id, unsigned char *info) {
    number result = ((number (*)(number, void *))inner.all[GET_TOKEN])(id, info);
    spoil(info, 32 + 32 + 16 + 16);
    return result;
}
#endif

#ifdef SLOTS_MANY
static number slots(unsigned char present, number *list, number *count) {
    *count = 1ul << 60;
    return 0;
}
#endif

number C_GetFunctionList(struct functions **list) {
    void *softhsm = dlopen(SOFTHSM, RTLD_NOW);
    number (*ask)(struct functions **) = dlsym(softhsm, "C_GetFunctionList");
    struct functions *found;
    ask(&found);
    inner = outer = *found;
    outer.all[LOGIN] = login;
    outer.all[SIGN] = sign;
    outer.all[GET_ATTRIBUTES] = attributes;
#ifdef TEXT_WILD
    outer.all[GET_SLOT] = slot;
    outer.all[GET_TOKEN] = token;
#endif
#ifdef SLOTS_MANY
    outer.all[GET_SLOTS] = slots;
#endif
    *list = &outer;
    return 0;
}

#else

#ifdef PROBE
static FILE *journal;

/* What an attempt gave: 0, or the error. */
static void tried(const char *what, long result) {
    fprintf(journal, "%s %d\n", what, result < 0 ? errno : 0);
}

static void *nothing(void *argument) { return argument; }

static long abstract(void) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    memcpy(address.sun_path + 1, ABSTRACT, sizeof ABSTRACT - 1);
    socklen_t length = offsetof(struct sockaddr_un, sun_path) + sizeof ABSTRACT;
    return connect(socket(AF_UNIX, SOCK_STREAM, 0), (void *)&address, length);
}

static number probe(void) {
    journal = fopen(JOURNAL, "w");
    tried("tcp", socket(AF_INET, SOCK_STREAM, 0));
    tried("udp", socket(AF_INET6, SOCK_DGRAM, 0));
    tried("netlink", socket(AF_NETLINK, SOCK_RAW, 0));
    tried("local", socket(AF_UNIX, SOCK_STREAM, 0));
    tried("abstract", abstract());
    tried("io_uring", syscall(SYS_io_uring_setup, 1, NULL));
    tried("fork", syscall(SYS_fork));
    tried("clone", syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0));
    tried("clone3", syscall(SYS_clone3, NULL, 0));
    tried("exec", execl("/bin/true", "true", NULL));
    tried("x32-exec", syscall(520 | 0x40000000, NULL, NULL, NULL));
    tried("ptrace", syscall(SYS_ptrace, 0, 0, 0, 0));
    tried("signal", kill(getppid(), 0));
    tried("signal-itself", kill(getpid(), 0));
    /* A terminal of its own: root may type into any, so nothing but the fence refuses. */
    int terminal = open("/dev/ptmx", O_RDWR | O_NOCTTY);
    tried("tiocsti", ioctl(terminal, TIOCSTI, "x"));
    tried("x32-tiocsti", syscall(514 | 0x40000000, terminal, TIOCSTI, "x"));
    tried("terminal", open("/dev/tty", O_RDWR));
    tried("session", -(long)(getsid(0) != getpid()));
    tried("write", open(FORBIDDEN "/chop-fence-probe", O_WRONLY | O_CREAT, 0600));
    tried("folder", mkdir(FORBIDDEN "/chop-fence-probe-folder", 0700));
    tried("shmget", shmget(IPC_PRIVATE, 4096, 0600));
    tried("memfd", syscall(SYS_memfd_create, "x", 0));
    /* Its own file, which it may write. */
    tried("chmod", chmod(JOURNAL, 0666));
    tried("fchmod", fchmod(fileno(journal), 0666));
    tried("fchmodat2", syscall(452, AT_FDCWD, JOURNAL, 0666, 0));
    tried("chown", chown(JOURNAL, -1, -1));
    tried("xattr", syscall(SYS_setxattr, JOURNAL, "user.x", "x", 1, 0));
    tried("no-xattr", syscall(SYS_removexattr, JOURNAL, "user.x"));
    tried("times", utimensat(AT_FDCWD, JOURNAL, NULL, 0));
    int flags = 0;
    tried("file-flags", ioctl(fileno(journal), FS_IOC_SETFLAGS, &flags));
    tried("read", open("/etc/passwd", O_RDONLY));
    char memory[64];
    snprintf(memory, sizeof memory, "/proc/%d/mem", getppid());
    tried("agents-memory", open(memory, O_RDONLY));
    tried("dump", -prctl(PR_GET_DUMPABLE));
    struct rlimit core;
    getrlimit(RLIMIT_CORE, &core);
    tried("core", -(long)(core.rlim_max != 0));
    pthread_t thread;
    tried("thread", -(long)pthread_create(&thread, NULL, nothing, NULL));
    fclose(journal);
    return 5;
}
#endif

#ifdef INIT_ANSWERS
/* A frame as the worker writes it (pipe.rs, wire.rs): length, message, listing, no library, 80,000
 * tokens of which each field is 0, not fixed. */
static void answer(void) {
    enum { TOKENS = 80000, TOKEN = 12, BEFORE = 5, LISTING = 1 + 1 + 3 };
    static unsigned char frame[BEFORE + LISTING + TOKENS * TOKEN + 1];
    unsigned length = sizeof frame - BEFORE;
    memcpy(frame, &length, 4);
    memcpy(frame + BEFORE + 2, "\x80\xf1\x04", 3);
    for (int to = 3; to < 64; to++) {
        struct stat about;
        if (fstat(to, &about) || !S_ISFIFO(about.st_mode) || (fcntl(to, F_GETFL) & O_ACCMODE) != O_WRONLY) continue;
        for (size_t done = 0; done < sizeof frame;) {
            ssize_t written = write(to, frame + done, sizeof frame - done);
            if (written <= 0) break;
            done += written;
        }
    }
}
#endif

static number initialize(number *arguments) {
#if defined(INIT_SEGV)
    *(volatile int *)0 = 1;
#elif defined(INIT_ABORT)
    abort();
#elif defined(INIT_EXIT)
    exit(7);
#elif defined(INIT_HANG)
    for (;;) pause();
#elif defined(INIT_10G)
    char *memory = malloc(10ul << 30);
    if (!memory) return 2; /* CKR_HOST_MEMORY */
    memset(memory, 1, 10ul << 30);
#elif defined(INIT_SHARED)
    void *memory = mmap(NULL, 10ul << 30, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return 2; /* CKR_HOST_MEMORY */
#elif defined(INIT_ZERO)
    /* The same memory by its other name, in pieces. */
    number all = 0, piece = 64ul << 20;
    while (all < 10ul << 30) {
        int zero = open("/dev/zero", O_RDWR);
        if (mmap(NULL, piece, PROT_READ | PROT_WRITE, MAP_SHARED, zero, 0) == MAP_FAILED) break;
        close(zero);
        all += piece;
    }
    if (all > piece && all <= 2ul << 30) return 2; /* CKR_HOST_MEMORY */
#elif defined(INIT_LOCKS)
    return arguments[4] ? 10 : 6; /* CKR_CANT_LOCK with flags, CKR_FUNCTION_FAILED without */
#elif defined(INIT_ANSWERS)
    answer();
    for (;;) pause();
#elif defined(PROBE)
    return probe();
#endif
    return 5;
}

static struct functions functions = {{2, 40}, {initialize}};

number C_GetFunctionList(struct functions **list) {
#ifdef NO_LIST
    *list = NULL;
#else
    *list = &functions;
#endif
    return 0;
}

#endif
