// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.sign;

import dev.trustme.bytes.Bytes;
import dev.trustme.files.ExtendedAttributes;
import dev.trustme.files.Outputs;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Where IMA signatures go. Nothing appears before a commit. */
public sealed interface FirmwareOutput extends AutoCloseable {
  void write(FirmwareTree.Item item, Bytes content, Bytes signature) throws IOException;

  /** What is to be committed; after the last file. */
  List<Outputs.Pending> finish() throws IOException;

  @Override
  void close() throws IOException;

  /** {@code FILE.sig} beside each file. */
  final class Sidecars implements FirmwareOutput {
    private final boolean force;
    private final List<Outputs.Staged> staged = new ArrayList<>();

    public Sidecars(boolean force) {
      this.force = force;
    }

    @Override
    public void write(FirmwareTree.Item item, Bytes content, Bytes signature) throws IOException {
      Path file = item.file();
      var sidecar =
          Outputs.stage(
              file.resolveSibling(file.getFileName() + FirmwareTree.SIDECAR),
              Outputs.SHARED,
              force);
      staged.add(sidecar);
      sidecar.write(signature.buffer());
      sidecar.sync();
    }

    @Override
    public List<Outputs.Pending> finish() {
      return List.copyOf(staged);
    }

    @Override
    public void close() throws IOException {
      for (var sidecar : staged) {
        sidecar.close();
      }
    }
  }

  /** The attribute security.ima of each file; for root. */
  final class Attributes implements FirmwareOutput {
    private final List<Outputs.Pending> pending = new ArrayList<>();

    @Override
    public void write(FirmwareTree.Item item, Bytes content, Bytes signature) {
      pending.add(new ExtendedAttributes.Pending(item.file(), ExtendedAttributes.IMA, signature));
    }

    @Override
    public List<Outputs.Pending> finish() {
      return List.copyOf(pending);
    }

    @Override
    public void close() {
      // What is pending holds nothing.
    }
  }

  /** A pax archive of all the files, each with its security.ima. */
  final class Archive implements FirmwareOutput {
    private final Outputs.Staged staged;
    private final PaxTar tar;

    /** Folders and links come first, so that every file finds its folder. */
    public Archive(Outputs.Staged staged, Instant mtime, FirmwareTree tree) throws IOException {
      this.staged = staged;
      this.tar = new PaxTar(part -> staged.write(part.buffer()), mtime);
      for (var other : tree.others()) {
        tar.other(other.name(), other.file());
      }
    }

    @Override
    public void write(FirmwareTree.Item item, Bytes content, Bytes signature) throws IOException {
      tar.file(item.name(), item.file(), content, Map.of(ExtendedAttributes.IMA, signature));
    }

    @Override
    public List<Outputs.Pending> finish() throws IOException {
      tar.finish();
      return List.of(staged);
    }

    @Override
    public void close() throws IOException {
      staged.close();
    }
  }
}
