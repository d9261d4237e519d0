package dev.tidepool.internal.connect;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** The families of JDBC URLs whose sockets the pool knows something about. */
enum Dialect {
  /** pgjdbc: {@code ?a=b&c=d}, names as written. */
  POSTGRESQL,
  /** MariaDB Connector/J: {@code ?a=b&c=d}, any case. */
  MARIADB,
  /** MySQL Connector/J: {@code ?a=b&c=d}, any case. */
  MYSQL,
  /** SQL Server: {@code ;a=b;c={d}}, any case. */
  SQLSERVER,
  /** Oracle thin: a descriptor, or {@code ?a=b&c=d}. */
  ORACLE_THIN,
  /** A database in this process: no socket. */
  EMBEDDED,
  /** Any other. */
  OTHER;

  /** The family of a URL. */
  static Dialect of(String url) {
    String text = url.toLowerCase(Locale.ROOT);
    if (text.startsWith("jdbc:postgresql:")) {
      return POSTGRESQL;
    } else if (text.startsWith("jdbc:mariadb:")) {
      return MARIADB;
    } else if (text.startsWith("jdbc:mysql:")) {
      return MYSQL;
    } else if (text.startsWith("jdbc:sqlserver:")) {
      return SQLSERVER;
    } else if (text.startsWith("jdbc:oracle:thin:")) {
      return ORACLE_THIN;
    }
    return embedded(text) ? EMBEDDED : OTHER;
  }

  private static boolean embedded(String text) {
    if (text.startsWith("jdbc:h2:")) {
      return !text.startsWith("jdbc:h2:tcp:") && !text.startsWith("jdbc:h2:ssl:");
    }
    if (text.startsWith("jdbc:hsqldb:")) {
      return !text.startsWith("jdbc:hsqldb:hsql") && !text.startsWith("jdbc:hsqldb:http");
    }
    if (text.startsWith("jdbc:derby:")) {
      return !text.startsWith("jdbc:derby://");
    }
    return text.startsWith("jdbc:sqlite:") || text.startsWith("jdbc:duckdb:");
  }

  /** An empty set that compares names as the driver does. */
  Set<String> names() {
    return this == POSTGRESQL || this == ORACLE_THIN
        ? new TreeSet<>()
        : new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
  }

  /** The names of the parameters that stand in a URL of this family. */
  Set<String> parameters(String url) {
    Set<String> names = names();
    if (this == SQLSERVER) {
      addSemicolon(url, names);
    } else if (url.indexOf('?') >= 0) {
      addQuery(url.substring(url.indexOf('?') + 1), names);
    }
    if (this == ORACLE_THIN
        && url.replaceAll("\\s", "").toUpperCase(Locale.ROOT).contains("(ENABLE=BROKEN)")) {
      names.add(SocketTable.ORACLE_KEEP_ALIVE);
    }
    return names;
  }

  private static void addQuery(String query, Set<String> names) {
    for (String part : query.split("&", -1)) {
      int equals = part.indexOf('=');
      names.add(decode(equals < 0 ? part : part.substring(0, equals)));
    }
  }

  private static String decode(String name) {
    try {
      return URLDecoder.decode(name, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      // Not encoded after all: the name as it stands is what the driver sees.
      return name;
    }
  }

  /** Splits at each semicolon that does not stand in braces. */
  private static void addSemicolon(String url, Set<String> names) {
    int start = url.indexOf(';') + 1;
    boolean braces = false;
    for (int i = start; start > 0 && i <= url.length(); i++) {
      char c = i == url.length() ? ';' : url.charAt(i);
      if (i < url.length() && (c == '{' || c == '}')) {
        braces = c == '{';
      } else if (c == ';' && (!braces || i == url.length())) {
        String part = url.substring(start, i);
        int equals = part.indexOf('=');
        names.add((equals < 0 ? part : part.substring(0, equals)).trim());
        start = i + 1;
      }
    }
  }
}
