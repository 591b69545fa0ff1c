/* Runs again what record.c wrote down, through the sqlite3 C library and nothing else: what the same statements cost a program
 * that does nothing besides.
 *
 *   replay DATABASE RECORDING sends COUNT,COUNT... GROUP,GROUP...
 *       Runs the statements of recorded sends, in their order: the first COUNT of them with GROUP in each transaction, the next
 *       COUNT with the next GROUP. Every transaction ends with a commit that is on the disk. Prints the nanoseconds a send took,
 *       a line for each COUNT.
 *   replay DATABASE RECORDING page BYTE TIMES
 *       Runs what was read in the first transaction recorded after BYTE that walks a branch so many times, each in a transaction of
 *       its own, and reads every column of every row. Prints the nanoseconds of each, a line each.
 *
 * A send is a transaction that put a row into messages; others, of the search index for instance, are left out. What a group commit
 * writes once for all (behind the last savepoint) is run once for all here too; savepoints, which let one operation fail without the
 * others, are not run: nothing fails here.
 *
 * Statements are prepared and values are in memory before the clock starts. */
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct Value {
  char kind;
  long long integer;
  double real;
  const char *bytes;
  size_t length;
} Value;

typedef struct Run {
  int statement, connection, count;
  Value *values;
  long offset;
} Run;

/* A recorded send: its runs, and those that a group commit makes once for all. */
typedef struct Operation {
  int first, end, tail, tail_end;
} Operation;

static char **texts;
static sqlite3_stmt **prepared;
static int text_count;
static Run *runs;
static int run_count;
static Operation *operations;
static int operation_count;
static sqlite3 *database;

static void fail(const char *format, ...) {
  va_list values;
  va_start(values, format);
  fputs("replay: ", stderr);
  vfprintf(stderr, format, values);
  va_end(values);
  fputc('\n', stderr);
  exit(1);
}

static void *grown(void *items, int count, size_t size) {
  /* By doubling: only a count that is a power of two asks for more. */
  if (count & (count - 1)) return items;
  void *found = realloc(items, (count ? 2 * (size_t)count : 1) * size);
  if (!found) fail("out of memory");
  return found;
}

static long long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

/* ---- The recording */

static char *contents(const char *path, size_t *length) {
  FILE *file = fopen(path, "rb");
  if (!file || fseek(file, 0, SEEK_END)) fail("%s cannot be read", path);
  *length = (size_t)ftell(file);
  rewind(file);
  char *bytes = malloc(*length + 1);
  if (!bytes || fread(bytes, 1, *length, file) != *length) fail("%s cannot be read", path);
  fclose(file);
  bytes[*length] = 0;
  return bytes;
}

/* Takes so many bytes and the newline behind them. */
static char *take(char **rest, size_t length) {
  char *found = *rest;
  if (found[length] != '\n') fail("the recording is damaged");
  found[length] = 0;
  *rest = found + length + 1;
  return found;
}

static char *line(char **rest) {
  char *end = strchr(*rest, '\n');
  if (!end) fail("the recording ends in the middle");
  return take(rest, (size_t)(end - *rest));
}

static void read_value(char **rest, Value *value) {
  char *text = line(rest);
  value->kind = text[0];
  switch (text[0]) {
    case 'N': break;
    case 'I': value->integer = strtoll(text + 1, 0, 10); break;
    case 'D': value->real = strtod(text + 1, 0); break;
    case 'T':
    case 'B':
      value->length = strtoull(text + 1, 0, 10);
      value->bytes = take(rest, value->length);
      break;
    default: fail("the recording has a value of the kind %c", text[0]);
  }
}

static void read_recording(const char *path) {
  size_t length;
  char *start = contents(path, &length), *rest = start;
  while (rest < start + length) {
    long offset = rest - start;
    char *head = line(&rest);
    if (head[0] == 'P') {
      int number;
      size_t size;
      if (sscanf(head, "P %d %zu", &number, &size) != 2 || number != text_count) fail("the recording is damaged");
      texts = grown(texts, text_count, sizeof *texts);
      texts[text_count++] = take(&rest, size);
    } else {
      Run run = {.offset = offset};
      if (sscanf(head, "R %d %d %d", &run.statement, &run.connection, &run.count) != 3) fail("the recording is damaged");
      run.values = calloc((size_t)run.count + 1, sizeof *run.values);
      if (!run.values) fail("out of memory");
      for (int index = 0; index < run.count; index++) read_value(&rest, &run.values[index]);
      runs = grown(runs, run_count, sizeof *runs);
      runs[run_count++] = run;
    }
  }
}

static const char *text(int run) { return texts[runs[run].statement]; }
static int starts(const char *text, const char *with) { return strncmp(text, with, strlen(with)) == 0; }

/* ---- Running */

static void execute(const char *sql) {
  char *message = 0;
  if (sqlite3_exec(database, sql, 0, 0, &message) != SQLITE_OK) fail("%s: %s", sql, message);
}

static void prepare(int run) {
  int number = runs[run].statement;
  if (prepared[number]) return;
  if (sqlite3_prepare_v3(database, texts[number], -1, SQLITE_PREPARE_PERSISTENT, &prepared[number], 0) != SQLITE_OK)
    fail("%s: %s", texts[number], sqlite3_errmsg(database));
}

/* Kept from being optimised away. */
static volatile size_t seen;

static void look_at(sqlite3_stmt *statement) {
  for (int column = sqlite3_column_count(statement) - 1; column >= 0; column--) {
    switch (sqlite3_column_type(statement, column)) {
      case SQLITE_INTEGER: seen += (size_t)sqlite3_column_int64(statement, column); break;
      case SQLITE_FLOAT: seen += (size_t)sqlite3_column_double(statement, column); break;
      case SQLITE_TEXT:
        seen += *sqlite3_column_text(statement, column);
        seen += (size_t)sqlite3_column_bytes(statement, column);
        break;
      case SQLITE_BLOB:
        seen += (size_t)(sqlite3_column_blob(statement, column) != 0);
        seen += (size_t)sqlite3_column_bytes(statement, column);
        break;
      default: break;
    }
  }
}

static void perform(int number) {
  const Run *run = &runs[number];
  sqlite3_stmt *statement = prepared[run->statement];
  for (int index = 0; index < run->count; index++) {
    const Value *value = &run->values[index];
    switch (value->kind) {
      case 'I': sqlite3_bind_int64(statement, index + 1, value->integer); break;
      case 'D': sqlite3_bind_double(statement, index + 1, value->real); break;
      case 'T':
        sqlite3_bind_text64(statement, index + 1, value->bytes, value->length, SQLITE_STATIC, SQLITE_UTF8);
        break;
      case 'B': sqlite3_bind_blob64(statement, index + 1, value->bytes, value->length, SQLITE_STATIC); break;
      default: sqlite3_bind_null(statement, index + 1);
    }
  }
  int code;
  while ((code = sqlite3_step(statement)) == SQLITE_ROW) look_at(statement);
  if (code != SQLITE_DONE) fail("%s: %s", texts[run->statement], sqlite3_errmsg(database));
  sqlite3_reset(statement);
}

/* ---- Sends */

/* A transaction of the writer from the run after its BEGIN up to its COMMIT. */
static void consider(int first, int commit) {
  Operation found = {.first = first, .end = commit, .tail = commit, .tail_end = commit};
  int sends = 0, operations_in_it = 0;
  for (int run = first; run < commit; run++) {
    if (runs[run].connection != runs[commit].connection) continue;
    if (starts(text(run), "INSERT INTO messages ")) sends++;
    if (starts(text(run), "SAVEPOINT")) operations_in_it++;
    if (starts(text(run), "RELEASE")) {
      found.end = run;
      found.tail = run + 1;
    }
  }
  if (sends == 0) return;
  if (sends > 1 || operations_in_it > 1) fail("sends were recorded together: one client at a time");
  operations = grown(operations, operation_count, sizeof *operations);
  operations[operation_count++] = found;
}

static void find_sends(void) {
  for (int begin = 0; begin < run_count; begin++) {
    if (!starts(text(begin), "BEGIN IMMEDIATE")) continue;
    int end = begin + 1;
    while (end < run_count && !(runs[end].connection == runs[begin].connection && starts(text(end), "COMMIT"))) end++;
    if (end < run_count) consider(begin + 1, end);
  }
}

/* Calls with each run of the range that is the writer's own and no savepoint. */
static void each(int first, int end, int connection, void (*body)(int)) {
  for (int run = first; run < end; run++) {
    if (runs[run].connection != connection) continue;
    if (starts(text(run), "SAVEPOINT") || starts(text(run), "RELEASE")) continue;
    body(run);
  }
}

static long next_number(char **list, const char *what) {
  char *end;
  long number = strtol(*list, &end, 10);
  if (end == *list || number < 1) fail("no %s in %s", what, *list);
  *list = *end == ',' ? end + 1 : end;
  return number;
}

static void replay_sends(char *counts, char *groups) {
  find_sends();
  execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY");
  for (int index = 0; index < operation_count; index++) {
    int connection = runs[operations[index].first].connection;
    each(operations[index].first, operations[index].tail_end, connection, prepare);
  }
  sqlite3_stmt *begin, *commit;
  sqlite3_prepare_v2(database, "BEGIN IMMEDIATE", -1, &begin, 0);
  sqlite3_prepare_v2(database, "COMMIT", -1, &commit, 0);
  int done = 0;
  while (*counts) {
    int count = (int)next_number(&counts, "count"), group = (int)next_number(&groups, "group");
    if (done + count > operation_count) fail("only %d sends were recorded", operation_count);
    long long start = now();
    for (int index = done; index < done + count; index++) {
      const Operation *one = &operations[index];
      int connection = runs[one->first].connection, place = (index - done) % group;
      int last = place == group - 1 || index == done + count - 1;
      if (place == 0 && sqlite3_step(begin) != SQLITE_DONE) fail("BEGIN: %s", sqlite3_errmsg(database));
      if (place == 0) sqlite3_reset(begin);
      each(one->first, one->end, connection, perform);
      if (!last) continue;
      each(one->tail, one->tail_end, connection, perform);
      if (sqlite3_step(commit) != SQLITE_DONE) fail("COMMIT: %s", sqlite3_errmsg(database));
      sqlite3_reset(commit);
    }
    printf("%lld\n", (now() - start) / count);
    done += count;
  }
}

/* ---- A page */

/* Where a reading transaction ends; sets whether it walks a branch. Others read beside it, on connections of their own. */
static int end_of_reading(int begin, int *walks) {
  int end = begin + 1;
  for (*walks = 0; end < run_count; end++) {
    if (runs[end].connection != runs[begin].connection) continue;
    if (starts(text(end), "COMMIT")) break;
    if (starts(text(end), "WITH RECURSIVE branch")) *walks = 1;
  }
  return end;
}

static void replay_page(long byte, long times) {
  int begin = 0, end = 0, walks = 0;
  for (; begin < run_count; begin++) {
    if (runs[begin].offset < byte || strcmp(text(begin), "BEGIN") != 0) continue;
    end = end_of_reading(begin, &walks);
    if (walks && end < run_count) break;
  }
  if (begin >= run_count) fail("no page was read after byte %ld of the recording", byte);
  each(begin, end + 1, runs[begin].connection, prepare);
  for (long time = 0; time < times; time++) {
    long long start = now();
    each(begin, end + 1, runs[begin].connection, perform);
    printf("%lld\n", now() - start);
  }
}

int main(int count, char **arguments) {
  if (count != 6) fail("usage: replay DATABASE RECORDING sends COUNTS GROUPS | page BYTE TIMES");
  read_recording(arguments[2]);
  prepared = calloc((size_t)text_count + 1, sizeof *prepared);
  int sends = strcmp(arguments[3], "sends") == 0;
  int flags = (sends ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY) | SQLITE_OPEN_NOMUTEX;
  if (sqlite3_open_v2(arguments[1], &database, flags, 0) != SQLITE_OK) fail("%s: %s", arguments[1], sqlite3_errmsg(database));
  if (sends) {
    replay_sends(arguments[4], arguments[5]);
  } else {
    replay_page(strtol(arguments[4], 0, 10), strtol(arguments[5], 0, 10));
  }
  return 0;
}
