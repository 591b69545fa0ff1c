/* Writes down every SQL statement a program runs, with the values bound to it, as the program runs it.
 *
 * A library for LD_PRELOAD: the program is the real one, unchanged, and calls libsqlite3 through here. replay.c runs what was
 * written down again; companion-bench builds both (see contrib/doc/measuring.md) and gives the file's path in
 * COMPANION_BENCH_RECORDING. What is written, a block each, counts in bytes:
 *
 *   P statement length NEWLINE text NEWLINE                      a text that is seen for the first time
 *   R statement connection values NEWLINE value NEWLINE ...      a run; a value is one of
 *     N | I number | D number | T length NEWLINE text | B length NEWLINE bytes
 *
 * A block is in the file before the statement's first step, so whoever has a reply has the statements behind it. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct Value {
  char kind;
  sqlite3_int64 integer;
  double real;
  void *bytes;
  size_t length;
} Value;

/* A prepared statement by its address. An address may come again for another statement, which its text tells. */
typedef struct Known {
  sqlite3_stmt *statement;
  char *text;
  int number;
  Value *values;
  int count;
  struct Known *next;
} Known;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static Known *known;
static int texts;
static FILE *file;
/* Connections in the order they were opened; a number is never given again. */
static sqlite3 *connections[256];
static int opened;

static void *next(const char *name) {
  void *found = dlsym(RTLD_NEXT, name);
  if (!found) {
    fprintf(stderr, "record: libsqlite3 has no %s\n", name);
    abort();
  }
  return found;
}

static void *memory(size_t size) {
  void *found = calloc(1, size ? size : 1);
  if (!found) abort();
  return found;
}

static Known *find(sqlite3_stmt *statement) {
  for (Known *one = known; one; one = one->next)
    if (one->statement == statement) return one;
  Known *made = memory(sizeof *made);
  made->statement = statement;
  made->next = known;
  return known = made;
}

static void bind(sqlite3_stmt *statement, int index, Value value, const void *bytes) {
  if (!file || index < 1) return;
  pthread_mutex_lock(&lock);
  Known *one = find(statement);
  if (index > one->count) {
    one->values = realloc(one->values, (size_t)index * sizeof *one->values);
    if (!one->values) abort();
    memset(one->values + one->count, 0, (size_t)(index - one->count) * sizeof *one->values);
    one->count = index;
  }
  Value *place = &one->values[index - 1];
  free(place->bytes);
  *place = value;
  if (bytes) place->bytes = memcpy(memory(value.length), bytes, value.length);
  pthread_mutex_unlock(&lock);
}

static void write_value(const Value *value) {
  switch (value->kind) {
    case 'I': fprintf(file, "I %lld\n", (long long)value->integer); break;
    case 'D': fprintf(file, "D %.17g\n", value->real); break;
    case 'T':
    case 'B':
      fprintf(file, "%c %zu\n", value->kind, value->length);
      if (value->bytes) fwrite(value->bytes, 1, value->length, file);
      fputc('\n', file);
      break;
    default: fputs("N\n", file);
  }
}

static int begin(unsigned kind, void *connection, void *subject, void *told) {
  (void)kind;
  sqlite3_stmt *statement = subject;
  const char *text = sqlite3_sql(statement);
  /* A trigger's own statements come as comments. */
  if (!text || strncmp(told, "--", 2) == 0) return 0;
  pthread_mutex_lock(&lock);
  Known *one = find(statement);
  if (!one->text || strcmp(one->text, text) != 0) {
    free(one->text);
    one->text = strcpy(memory(strlen(text) + 1), text);
    one->number = texts++;
    fprintf(file, "P %d %zu\n%s\n", one->number, strlen(text), text);
  }
  int number = 0;
  while (number < opened && connections[number] != connection) number++;
  int count = sqlite3_bind_parameter_count(statement);
  fprintf(file, "R %d %d %d\n", one->number, number, count);
  static const Value none;
  for (int index = 0; index < count; index++) write_value(index < one->count ? &one->values[index] : &none);
  fflush(file);
  pthread_mutex_unlock(&lock);
  return 0;
}

int sqlite3_open_v2(const char *path, sqlite3 **connection, int flags, const char *vfs) {
  int (*real)(const char *, sqlite3 **, int, const char *) = next("sqlite3_open_v2");
  int code = real(path, connection, flags, vfs);
  const char *target = getenv("COMPANION_BENCH_RECORDING");
  if (code != SQLITE_OK || !target) return code;
  pthread_mutex_lock(&lock);
  if (!file) file = fopen(target, "ab");
  if (!file) {
    perror(target);
    abort();
  }
  for (int number = 0; number < opened; number++)
    if (connections[number] == *connection) connections[number] = 0;
  if (opened == sizeof connections / sizeof *connections) abort();
  connections[opened++] = *connection;
  pthread_mutex_unlock(&lock);
  sqlite3_trace_v2(*connection, SQLITE_TRACE_STMT, begin, *connection);
  return code;
}

int sqlite3_bind_null(sqlite3_stmt *statement, int index) {
  int (*real)(sqlite3_stmt *, int) = next("sqlite3_bind_null");
  bind(statement, index, (Value){.kind = 'N'}, 0);
  return real(statement, index);
}

int sqlite3_bind_int64(sqlite3_stmt *statement, int index, sqlite3_int64 number) {
  int (*real)(sqlite3_stmt *, int, sqlite3_int64) = next("sqlite3_bind_int64");
  bind(statement, index, (Value){.kind = 'I', .integer = number}, 0);
  return real(statement, index, number);
}

int sqlite3_bind_double(sqlite3_stmt *statement, int index, double number) {
  int (*real)(sqlite3_stmt *, int, double) = next("sqlite3_bind_double");
  bind(statement, index, (Value){.kind = 'D', .real = number}, 0);
  return real(statement, index, number);
}

int sqlite3_bind_text64(sqlite3_stmt *statement, int index, const char *text, sqlite3_uint64 length, void (*free)(void *),
                        unsigned char encoding) {
  int (*real)(sqlite3_stmt *, int, const char *, sqlite3_uint64, void (*)(void *), unsigned char) =
    next("sqlite3_bind_text64");
  bind(statement, index, (Value){.kind = 'T', .length = (size_t)length}, text);
  return real(statement, index, text, length, free, encoding);
}

int sqlite3_bind_blob64(sqlite3_stmt *statement, int index, const void *bytes, sqlite3_uint64 length, void (*free)(void *)) {
  int (*real)(sqlite3_stmt *, int, const void *, sqlite3_uint64, void (*)(void *)) = next("sqlite3_bind_blob64");
  bind(statement, index, (Value){.kind = 'B', .length = (size_t)length}, bytes);
  return real(statement, index, bytes, length, free);
}

int sqlite3_bind_zeroblob(sqlite3_stmt *statement, int index, int length) {
  int (*real)(sqlite3_stmt *, int, int) = next("sqlite3_bind_zeroblob");
  void *zeros = memory((size_t)length);
  bind(statement, index, (Value){.kind = 'B', .length = (size_t)length}, zeros);
  free(zeros);
  return real(statement, index, length);
}

int sqlite3_clear_bindings(sqlite3_stmt *statement) {
  int (*real)(sqlite3_stmt *) = next("sqlite3_clear_bindings");
  for (int index = sqlite3_bind_parameter_count(statement); index > 0; index--)
    bind(statement, index, (Value){.kind = 'N'}, 0);
  return real(statement);
}
