package dev.tidepool.bench.faults.rig;

import java.nio.file.Path;

/** A self-signed certificate and its key. */
record Certificate(Path key, Path certificate) {
  /** Makes one. */
  static Certificate create(Path dir) {
    Certificate made = new Certificate(dir.resolve("lab.key"), dir.resolve("lab.crt"));
    Shell.run(
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=localhost",
        "-keyout",
        made.key.toString(),
        "-out",
        made.certificate.toString());
    Shell.run("chmod", "644", made.certificate.toString());
    return made;
  }
}
