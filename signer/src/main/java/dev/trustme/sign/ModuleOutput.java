// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.sign;

import dev.trustme.bytes.Bytes;
import dev.trustme.files.Outputs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Where the modules of a batch go; several threads write. Nothing appears before a commit. */
public sealed interface ModuleOutput extends AutoCloseable {
  /** The module's file as it shall be, compressed as it was. */
  void write(ModuleTree.Item item, Bytes file, boolean changed) throws IOException;

  /** What is to be committed, in the order of names. */
  Outputs.Pending[] pending();

  @Override
  void close() throws IOException;

  /** All modules below a folder, also those that stay as they were. */
  record Folder(Outputs.StagedFolder staged) implements ModuleOutput {
    @Override
    public void write(ModuleTree.Item item, Bytes file, boolean changed) throws IOException {
      Path target = staged.path().resolve(item.name());
      Files.createDirectories(Optional.ofNullable(target.getParent()).orElse(staged.path()));
      Files.write(target, file.toArray());
    }

    @Override
    public Outputs.Pending[] pending() {
      return new Outputs.Pending[] {staged};
    }

    @Override
    public void close() {
      staged.close();
    }
  }

  /** Each changed module in its own place, with the mode and owner that it had. */
  final class InPlace implements ModuleOutput {
    private final Map<String, Outputs.Staged> changed = new TreeMap<>();

    @Override
    public void write(ModuleTree.Item item, Bytes file, boolean differs) throws IOException {
      if (!differs) {
        return;
      }
      var staged = Outputs.stageReplacement(item.file());
      synchronized (changed) {
        changed.put(item.name(), staged);
      }
      staged.write(file.buffer());
      staged.sync();
    }

    @Override
    public Outputs.Pending[] pending() {
      return changed.values().toArray(Outputs.Pending[]::new);
    }

    @Override
    public void close() throws IOException {
      for (var staged : changed.values()) {
        staged.close();
      }
    }
  }
}
