/*
 * PKCS #11 modules for the tests on Windows, one for each -D; `cargo xtask windows` builds them.
 *
 * FAIL only fails. PRINT prints first. NEEDS needs needed.dll, which NEEDED is. CRASH crashes. PROBE
 * tries what a worker's fence forbids, and says in C_Initialize's code which attempts succeeded: a bit
 * for each, above 0x80000000.
 */
#include <stdio.h>
#include <windows.h>

typedef unsigned long number;

#ifdef NEEDED
__declspec(dllexport) int needed(void) { return 1; }
#else

#ifdef NEEDS
__declspec(dllimport) int needed(void);
#endif

#pragma pack(push, 1)
struct functions {
    unsigned char version[2];
    void *all[68];
};
#pragma pack(pop)

#ifdef PROBE
static number probe(void) {
    number succeeded = 0x80000000ul;
    STARTUPINFOA how = {.cb = sizeof how};
    PROCESS_INFORMATION started;
    char command[] = "C:\\windows\\system32\\cmd.exe /c exit";
    if (CreateProcessA(NULL, command, NULL, NULL, FALSE, 0, NULL, NULL, &how, &started)) succeeded |= 1;
    if (VirtualAlloc(NULL, 10ull << 30, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE)) succeeded |= 2;
    if (LoadLibraryA("elsewhere.dll")) succeeded |= 4;
    if (!(GetErrorMode() & SEM_NOGPFAULTERRORBOX)) succeeded |= 8;
    BOOL in_job = FALSE;
    IsProcessInJob(GetCurrentProcess(), NULL, &in_job);
    if (!in_job) succeeded |= 16;
    PROCESS_MITIGATION_EXTENSION_POINT_DISABLE_POLICY points = {0};
    if (!GetProcessMitigationPolicy(GetCurrentProcess(), ProcessExtensionPointDisablePolicy, &points, sizeof points) ||
        !points.DisableExtensionPoints)
        succeeded |= 32;
    return succeeded;
}
#endif

static number initialize(void *arguments) {
#if defined(PRINT)
    printf("a module that prints\n");
    fflush(stdout);
    DWORD written;
    WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), "also so\n", 8, &written, NULL);
#elif defined(NEEDS)
    return 0x80000000ul + needed();
#elif defined(CRASH)
    *(volatile int *)0 = 1;
#elif defined(PROBE)
    return probe();
#endif
    return 5;
}

static struct functions functions = {{2, 40}, {initialize}};

__declspec(dllexport) number C_GetFunctionList(struct functions **list) {
    *list = &functions;
    return 0;
}
#endif
