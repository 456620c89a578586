// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.sign;

import dev.trustme.bytes.Bytes;
import dev.trustme.cli.CommandFailure;
import dev.trustme.files.Outputs;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Option;

/** Where a command over several files writes: a file, a folder, or in place. */
final class Destinations {
  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE|DIR",
      description = "What to write; for several files, or where DIR exists, a folder.")
  private Optional<Path> output = Optional.empty();

  @Option(names = "--in-place", description = "Replace each file at once; its mode and owner stay.")
  private boolean inPlace;

  @Option(names = "--force", description = "Replace existing outputs.")
  private boolean force;

  /** The outputs of one run: all are staged, then all appear. */
  final class Run implements AutoCloseable {
    private final List<Outputs.Pending> pending = new ArrayList<>();
    private final Optional<Outputs.StagedFolder> folder;
    private final boolean many;

    private Run(boolean many) throws IOException {
      this.many = many;
      boolean made = many && output.isPresent() && !Files.isDirectory(output.get());
      folder =
          made ? Optional.of(Outputs.stageFolder(output.orElseThrow(), force)) : Optional.empty();
    }

    /** Where the output for this input will be. */
    Path of(Path input) {
      if (output.isEmpty()) {
        return input;
      }
      return many ? output.get().resolve(input.getFileName()) : output.get();
    }

    void write(Path input, Bytes content) throws IOException {
      if (folder.isPresent()) {
        // The folder is synced as a whole before it appears.
        Path file = folder.get().path().resolve(input.getFileName());
        Files.write(file, content.toArray(), StandardOpenOption.CREATE_NEW);
        return;
      }
      var staged =
          inPlace
              ? Outputs.stageReplacement(input)
              : Outputs.stage(of(input), Outputs.SHARED, force);
      pending.add(staged);
      staged.write(content.buffer());
    }

    /** In the order in which they were written. */
    Outputs.Pending[] pending() {
      List<Outputs.Pending> all = new ArrayList<>(pending);
      folder.ifPresent(all::add);
      return all.toArray(Outputs.Pending[]::new);
    }

    @Override
    public void close() throws IOException {
      for (var each : pending()) {
        each.close();
      }
    }
  }

  boolean inPlace() {
    return inPlace;
  }

  /** Refuses what cannot be written before any work is done. */
  Run open(List<Path> inputs) throws IOException {
    if (inPlace == output.isPresent()) {
      throw CommandFailure.usage("say where to write: -o FILE|DIR, or --in-place");
    }
    output.ifPresent(Target::requireFile);
    requireEachOnce(inputs);
    boolean many = output.isPresent() && (inputs.size() > 1 || Files.isDirectory(output.get()));
    if (many) {
      Set<Path> names = new HashSet<>();
      for (Path input : inputs) {
        if (!names.add(input.getFileName())) {
          throw CommandFailure.usage("two files have the name " + input.getFileName());
        }
      }
    }
    var existing = !inPlace && (!many || Files.isDirectory(output.orElseThrow()));
    for (Path input : existing ? inputs : List.<Path>of()) {
      Path target = many ? output.orElseThrow().resolve(input.getFileName()) : output.orElseThrow();
      Outputs.requireAbsent(target, force);
    }
    if (many && !existing && Files.exists(output.orElseThrow())) {
      throw new FileAlreadyExistsException(
          output.get().toString(), null, "is a file, and several files go into a folder");
    }
    return new Run(many);
  }

  /** One file, whatever its spelling, cannot be replaced twice in one run. */
  private void requireEachOnce(List<Path> inputs) {
    Set<Path> files = new HashSet<>();
    for (Path input : inPlace ? inputs : List.<Path>of()) {
      if (!files.add(input.toAbsolutePath().normalize())) {
        throw CommandFailure.usage(input + ": is given twice");
      }
    }
  }
}
