// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.launch;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The engine's process and everything it may leave: closing ends the container if it still runs and
 * removes its state, its control groups and its folder. So does the end of this process, by Ctrl-C
 * or SIGTERM.
 */
final class RunningContainer implements AutoCloseable {
  private static final int END_SECONDS = 20;

  private final Engine engine;
  private final RuntimeFolder folder;
  private final Thread hook;
  private @Nullable Process process;
  private boolean closed;

  RunningContainer(Engine engine, RuntimeFolder folder) {
    this.engine = engine;
    this.folder = folder;
    this.hook = new Thread(this::end, "end-" + folder.id());
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** What an owner that was killed may have left: a container, its folder. */
  void removeLeftovers() throws IOException {
    if (Files.exists(folder.bundle())) {
      deleteByEngine();
      folder.remove();
    }
  }

  int run(List<String> command, OutputStream out, OutputStream err)
      throws IOException, InterruptedException {
    Process started = start(command);
    var copyOut = copy(started.getInputStream(), out);
    var copyErr = copy(started.getErrorStream(), err);
    int code = started.waitFor();
    copyOut.join();
    copyErr.join();
    return code;
  }

  private synchronized Process start(List<String> command) throws IOException {
    if (closed) {
      throw new IOException(folder.id() + ": not started, as this process is ending");
    }
    Process started = builder(command).start();
    started.getOutputStream().close();
    process = started;
    return started;
  }

  private static ProcessBuilder builder(List<String> command) {
    var builder = new ProcessBuilder(command);
    builder.environment().clear();
    builder.environment().put("PATH", Engine.PATH);
    return builder;
  }

  /** Passes bytes on as they come; a reader that went away does not stop the container. */
  private static Thread copy(InputStream from, OutputStream to) {
    return Thread.ofPlatform()
        .daemon()
        .start(() -> {
          try (from) {
            from.transferTo(to);
            to.flush();
          } catch (IOException e) {
            drain(from);
          }
        });
  }

  private static void drain(InputStream from) {
    try {
      long unused = from.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      return;
    }
  }

  @Override
  public void close() {
    end();
    try {
      boolean unused = Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process is ending: the hook runs and finds nothing left to do.
      return;
    }
  }

  private synchronized void end() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      Process running = process;
      if (running != null && running.isAlive()) {
        stop(running);
      }
      deleteByEngine();
      folder.remove();
    } catch (IOException e) {
      // What stays is named by the next start, which removes it first.
      return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** SIGKILL through the engine, as a container's first process ignores what it does not handle. */
  private void stop(Process running) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(END_SECONDS);
    while (running.isAlive() && System.nanoTime() < deadline) {
      call("kill", folder.id(), "KILL");
      boolean unused = running.waitFor(100, TimeUnit.MILLISECONDS);
    }
    if (running.isAlive()) {
      running.destroyForcibly();
    }
  }

  private void deleteByEngine() throws IOException {
    if (Files.exists(folder.state().resolve(folder.id()))) {
      try {
        call("delete", "--force", folder.id());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void call(String... verb) throws IOException, InterruptedException {
    int unused =
        builder(engine.command(folder, verb))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start()
            .waitFor();
  }
}
