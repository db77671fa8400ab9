#include "CPowerCut.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    sqlite3_vfs base;
    sqlite3_vfs *real;
    power_cut_observer observer;
    void *context;
} cut_vfs;

/// The file of the default file system follows in memory.
typedef struct {
    sqlite3_file base;
    cut_vfs *vfs;
    /// SQLite keeps the name until the file is closed.
    const char *path;
    /// Whether the next synchronization also covers the names, as that of a new journal or log does in SQLite's own file system.
    int syncs_folder;
} cut_file;

static cut_vfs *own(sqlite3_vfs *vfs) { return (cut_vfs *)vfs; }
static sqlite3_file *real(sqlite3_file *file) { return (sqlite3_file *)((cut_file *)file + 1); }

static int tell(cut_vfs *vfs, power_cut_kind kind, const char *path, sqlite3_int64 offset, const void *bytes, int count) {
    power_cut_operation operation = {kind, path, offset, bytes, count};
    return vfs->observer(vfs->context, &operation);
}

static int tell_of(sqlite3_file *file, power_cut_kind kind, sqlite3_int64 offset, const void *bytes, int count) {
    cut_file *own = (cut_file *)file;
    return tell(own->vfs, kind, own->path, offset, bytes, count);
}

// What changes a file.

static int file_write(sqlite3_file *file, const void *bytes, int count, sqlite3_int64 offset) {
    int refusal = tell_of(file, power_cut_write, offset, bytes, count);
    return refusal ? refusal : real(file)->pMethods->xWrite(real(file), bytes, count, offset);
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size) {
    int refusal = tell_of(file, power_cut_truncate, size, NULL, 0);
    return refusal ? refusal : real(file)->pMethods->xTruncate(real(file), size);
}

static int file_sync(sqlite3_file *file, int flags) {
    (void)flags;
    int refusal = tell_of(file, power_cut_sync, 0, NULL, 0);
    if (refusal || !((cut_file *)file)->syncs_folder) return refusal;
    ((cut_file *)file)->syncs_folder = 0;
    return tell_of(file, power_cut_sync_folder, 0, NULL, 0);
}

// What does not.

static int file_close(sqlite3_file *file) { return real(file)->pMethods->xClose(real(file)); }
static int file_read(sqlite3_file *file, void *bytes, int count, sqlite3_int64 offset) {
    return real(file)->pMethods->xRead(real(file), bytes, count, offset);
}
static int file_size(sqlite3_file *file, sqlite3_int64 *size) { return real(file)->pMethods->xFileSize(real(file), size); }
static int file_lock(sqlite3_file *file, int level) { return real(file)->pMethods->xLock(real(file), level); }
static int file_unlock(sqlite3_file *file, int level) { return real(file)->pMethods->xUnlock(real(file), level); }
static int file_is_reserved(sqlite3_file *file, int *result) {
    return real(file)->pMethods->xCheckReservedLock(real(file), result);
}
static int file_control(sqlite3_file *file, int operation, void *argument) {
    return real(file)->pMethods->xFileControl(real(file), operation, argument);
}
static int file_sector_size(sqlite3_file *file) { return real(file)->pMethods->xSectorSize(real(file)); }
static int file_characteristics(sqlite3_file *file) { return real(file)->pMethods->xDeviceCharacteristics(real(file)); }
static int file_shm_map(sqlite3_file *file, int region, int size, int extend, void volatile **address) {
    return real(file)->pMethods->xShmMap(real(file), region, size, extend, address);
}
static int file_shm_lock(sqlite3_file *file, int offset, int count, int flags) {
    return real(file)->pMethods->xShmLock(real(file), offset, count, flags);
}
static void file_shm_barrier(sqlite3_file *file) { real(file)->pMethods->xShmBarrier(real(file)); }
static int file_shm_unmap(sqlite3_file *file, int removes) { return real(file)->pMethods->xShmUnmap(real(file), removes); }

// Version 2: without memory mapping, whose writes nobody could be told of.
static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_unlock,
    .xCheckReservedLock = file_is_reserved,
    .xFileControl = file_control,
    .xSectorSize = file_sector_size,
    .xDeviceCharacteristics = file_characteristics,
    .xShmMap = file_shm_map,
    .xShmLock = file_shm_lock,
    .xShmBarrier = file_shm_barrier,
    .xShmUnmap = file_shm_unmap,
};

// The file system.

static int vfs_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags, int *opened) {
    sqlite3_vfs *below = own(vfs)->real;
    // A temporary file, which no restart looks at.
    if (!path || flags & SQLITE_OPEN_DELETEONCLOSE) return below->xOpen(below, path, file, flags, opened);
    cut_file *result = (cut_file *)file;
    *result = (cut_file){.vfs = own(vfs), .path = path};
    if (flags & SQLITE_OPEN_CREATE) {
        int refusal = tell(own(vfs), power_cut_create, path, 0, NULL, 0);
        if (refusal) return refusal;
        result->syncs_folder = (flags & (SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL | SQLITE_OPEN_WAL)) != 0;
    }
    int code = below->xOpen(below, path, real(file), flags, opened);
    if (code == SQLITE_OK) result->base.pMethods = &methods;
    return code;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *path, int syncs) {
    int refusal = tell(own(vfs), power_cut_remove, path, 0, NULL, 0);
    if (!refusal && syncs) refusal = tell(own(vfs), power_cut_sync_folder, path, 0, NULL, 0);
    return refusal ? refusal : own(vfs)->real->xDelete(own(vfs)->real, path, 0);
}

static int vfs_access(sqlite3_vfs *vfs, const char *path, int flags, int *result) {
    return own(vfs)->real->xAccess(own(vfs)->real, path, flags, result);
}
static int vfs_full_path(sqlite3_vfs *vfs, const char *path, int count, char *result) {
    return own(vfs)->real->xFullPathname(own(vfs)->real, path, count, result);
}
static int vfs_randomness(sqlite3_vfs *vfs, int count, char *bytes) {
    return own(vfs)->real->xRandomness(own(vfs)->real, count, bytes);
}
static int vfs_sleep(sqlite3_vfs *vfs, int microseconds) { return own(vfs)->real->xSleep(own(vfs)->real, microseconds); }
static int vfs_time(sqlite3_vfs *vfs, double *time) { return own(vfs)->real->xCurrentTime(own(vfs)->real, time); }
static int vfs_time_64(sqlite3_vfs *vfs, sqlite3_int64 *time) { return own(vfs)->real->xCurrentTimeInt64(own(vfs)->real, time); }
static int vfs_last_error(sqlite3_vfs *vfs, int count, char *text) {
    return own(vfs)->real->xGetLastError(own(vfs)->real, count, text);
}

int power_cut_register(const char *name, power_cut_observer observer, void *context) {
    sqlite3_vfs *real = sqlite3_vfs_find(NULL);
    cut_vfs *result = calloc(1, sizeof(cut_vfs));
    char *copy = strdup(name);
    if (!real || !result || !copy) {
        free(result);
        free(copy);
        return 0;
    }
    *result = (cut_vfs){.real = real, .observer = observer, .context = context};
    result->base = (sqlite3_vfs){
        .iVersion = 2,
        .szOsFile = (int)sizeof(cut_file) + real->szOsFile,
        .mxPathname = real->mxPathname,
        .zName = copy,
        .xOpen = vfs_open,
        .xDelete = vfs_delete,
        .xAccess = vfs_access,
        .xFullPathname = vfs_full_path,
        .xRandomness = vfs_randomness,
        .xSleep = vfs_sleep,
        .xCurrentTime = vfs_time,
        .xGetLastError = vfs_last_error,
        .xCurrentTimeInt64 = vfs_time_64,
    };
    return sqlite3_vfs_register(&result->base, 0) == SQLITE_OK;
}
