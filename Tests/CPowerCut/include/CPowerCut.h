#include <sqlite3.h>

/// What SQLite is about to do to a file, or to the folder that names it.
typedef enum {
    /// Create a file, unless there is one with this name.
    power_cut_create,
    /// Write bytes at an offset.
    power_cut_write,
    /// Set the length of a file, which `offset` is.
    power_cut_truncate,
    /// Put the content of a file on the disk.
    power_cut_sync,
    /// Put the names of the files on the disk.
    power_cut_sync_folder,
    /// Remove the name of a file.
    power_cut_remove,
} power_cut_kind;

typedef struct {
    power_cut_kind kind;
    /// The absolute path of the file.
    const char *path;
    sqlite3_int64 offset;
    const void *bytes;
    int count;
} power_cut_operation;

/// Is told each operation before it is carried out, by the thread that needs it. Any result but SQLITE_OK refuses it.
typedef int (*power_cut_observer)(void *context, const power_cut_operation *operation);

/// Registers a file system for SQLite (https://www.sqlite.org/vfs.html) that works on the files of the default one and tells an observer
/// what becomes of them. It leaves out the synchronization itself: the observer decides what a power cut would have left.
/// It stays until the process ends, because connections may use it for as long as that. Returns 0 if there is no memory. Temporary files and
/// the shared memory beside a write-ahead log are not observed.
int power_cut_register(const char *name, power_cut_observer observer, void *context);
