/* SQLite, and inline functions for what Swift cannot call or name: a variadic function, a constant that is a cast, and
 * FTS5's table of functions, which is reached by a pointer that travels through a statement. Nothing else belongs here. */
#pragma once
#include <sqlite3.h>

/* The bytes are copied before the call returns: Swift's buffers live only as long as the call. */
static inline int csqlite_bind_text(sqlite3_stmt *statement, int index, const char *text, sqlite3_uint64 count) {
  return sqlite3_bind_text64(statement, index, text, count, SQLITE_TRANSIENT, SQLITE_UTF8);
}

static inline int csqlite_bind_blob(sqlite3_stmt *statement, int index, const void *bytes, sqlite3_uint64 count) {
  return sqlite3_bind_blob64(statement, index, bytes, count, SQLITE_TRANSIENT);
}

static inline int csqlite_config_flag(sqlite3 *connection, int option, int on) {
  return sqlite3_db_config(connection, option, on, (int *)0);
}

/* match_score(search, kinds): how well a row answers a query, as an integer.
 *
 * `kinds` has a letter for each phrase of the query: w a whole word, p a part of a word, e the mark at the end of every
 * entry, whose place tells how long the entry is; others count nothing. FTS5's own bm25 looks the length up in a table
 * and counts the phrase in the whole index first, which for a frequent word takes longer than everything else. */
static inline void csqlite_match_score(const Fts5ExtensionApi *fts, Fts5Context *context, sqlite3_context *result,
                                       int count, sqlite3_value **values) {
  const char *kinds = count > 0 ? (const char *)sqlite3_value_text(values[0]) : 0;
  double found[64];
  int phrases = fts->xPhraseCount(context), kept = 0, length = 1;
  for (int phrase = 0; kinds && phrase < phrases && kinds[phrase]; phrase++) {
    Fts5PhraseIter place;
    int column, offset, times = 0;
    if (kinds[phrase] != 'w' && kinds[phrase] != 'p' && kinds[phrase] != 'e') continue;
    if (fts->xPhraseFirst(context, phrase, &place, &column, &offset) != SQLITE_OK) continue;
    for (; column >= 0 && times < 16; fts->xPhraseNext(context, &place, &column, &offset)) {
      times++;
      length = kinds[phrase] == 'e' ? offset + 1 : length;
    }
    if (kinds[phrase] != 'e' && times > 0 && kept < 64) found[kept++] = kinds[phrase] == 'w' ? times : -times;
  }
  double score = 0, drag = 0.5 + 0.7 * length / 100.0;
  for (int index = 0; index < kept; index++) {
    double times = found[index] < 0 ? -found[index] : found[index];
    score += (found[index] < 0 ? 0.4 : 1.0) * times / (times + drag);
  }
  sqlite3_result_int64(result, (sqlite3_int64)(score * 1000000.0));
}

static inline int csqlite_add_match_score(sqlite3 *connection) {
  fts5_api *api = 0;
  sqlite3_stmt *statement = 0;
  int code = sqlite3_prepare_v2(connection, "SELECT fts5(?1)", -1, &statement, 0);
  if (code != SQLITE_OK) return code;
  sqlite3_bind_pointer(statement, 1, (void *)&api, "fts5_api_ptr", 0);
  sqlite3_step(statement);
  code = sqlite3_finalize(statement);
  if (code != SQLITE_OK || !api) return code == SQLITE_OK ? SQLITE_ERROR : code;
  return api->xCreateFunction(api, "match_score", 0, csqlite_match_score, 0);
}
