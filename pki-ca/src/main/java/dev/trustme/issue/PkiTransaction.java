// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.issue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.files.Outputs;
import dev.trustme.json.Json;
import dev.trustme.trust.Certificates;
import java.io.IOException;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * Changes of a PKI folder that happen together or not at all, also if the machine stops in between.
 * Nobody else changes the folder meanwhile. Without {@link #commit} nothing has happened.
 */
public final class PkiTransaction implements AutoCloseable {
  private record Content(Bytes bytes, Set<PosixFilePermission> permissions) {}

  private final FolderLock lock;
  private final PkiFolder folder;
  private final Map<String, Content> files = new LinkedHashMap<>();
  private final Set<String> removed = new LinkedHashSet<>();
  private final List<X509CertificateHolder> issued = new ArrayList<>();
  private final List<SigningLog.Event> events = new ArrayList<>();
  private PkiIndex index;

  PkiTransaction(FolderLock lock, PkiFolder folder) {
    this.lock = lock;
    this.folder = folder;
    this.index = folder.index();
  }

  /** The folder as it is before the changes. */
  public PkiFolder folder() {
    return folder;
  }

  /** The index with the changes so far. */
  public PkiIndex index() {
    return index;
  }

  /** A file that everybody may read; replaces one of that name. */
  public PkiTransaction put(String name, Bytes content) {
    return put(name, new Content(content, Outputs.SHARED));
  }

  /** A file for its owner alone. */
  public PkiTransaction putPrivate(String name, Bytes content) {
    return put(name, new Content(content, Outputs.PRIVATE));
  }

  private PkiTransaction put(String name, Content content) {
    Journal.requireInside(name);
    removed.remove(name);
    files.put(name, content);
    return this;
  }

  public PkiTransaction remove(String name) {
    Journal.requireInside(name);
    files.remove(name);
    removed.add(name);
    return this;
  }

  /** Certificates that this transaction issues; kept in {@code issued/}, in this order. */
  public PkiTransaction issued(List<X509CertificateHolder> certificates) {
    issued.addAll(certificates);
    return this;
  }

  public PkiTransaction index(PkiIndex changed) {
    index = changed;
    return this;
  }

  public PkiTransaction log(SigningLog.Event... added) {
    events.addAll(List.of(added));
    return this;
  }

  /** The findings that were taken as they are, as the log will say it. */
  public List<String> accepted() {
    return events.stream()
        .filter(e -> e.action().equals(SigningLog.Event.ACCEPTED))
        .map(SigningLog.Event::subject)
        .toList();
  }

  /** Makes the changes; when it returns they are on the disk. Returns the log's new head. */
  public SigningLog.Head commit(Instant at) throws IOException, FormatException {
    if (!issued.isEmpty()) {
      index = index.nextIssued();
      put(PkiFolder.issuedFile(index.issued()), Bytes.utf8(Certificates.pem(issued)));
    }
    files.remove(PkiFolder.INDEX);
    put(PkiFolder.INDEX, Json.writePretty(index));
    var addition = folder.log().prepare(at, events);
    var journal = Journal.stage(folder.path());
    try {
      List<Journal.Put> puts = new ArrayList<>();
      for (var file : files.entrySet()) {
        String source = Integer.toString(puts.size());
        journal.write(source, file.getValue().bytes(), file.getValue().permissions());
        puts.add(new Journal.Put(file.getKey(), source));
      }
      journal.write("log", addition.lines(), Outputs.PRIVATE);
      journal.commit(
          puts, List.copyOf(removed), new Journal.Log(PkiFolder.LOG, addition.offset(), "log"));
      return addition.head();
    } finally {
      journal.abandon();
    }
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }
}
