// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tpm;

import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Stands between clients and a software TPM and keeps every byte that passes, as a bus analyser
 * would. Several clients may be connected: their commands reach the TPM one at a time, as through a
 * kernel's device. It can also answer in the TPM's place that it is busy.
 */
public final class TpmProxy implements AutoCloseable {
  private static final int HEADER = 10;
  private static final int MAX = 8192;
  private static final int TPM_RC_RETRY = 0x922;

  private final Path socket;
  private final SocketChannel tpm;
  private final UnixDomainSocketAddress control;
  private final List<Closeable> open = new ArrayList<>();
  private final ByteArrayOutputStream seen = new ByteArrayOutputStream();
  private final AtomicInteger busy = new AtomicInteger();
  private final AtomicInteger commands = new AtomicInteger();

  private TpmProxy(Path socket, SocketChannel tpm, UnixDomainSocketAddress control) {
    this.socket = socket;
    this.tpm = tpm;
    this.control = control;
  }

  /** Listens beside the TPM's own socket. */
  public static TpmProxy start(SoftwareTpm software) throws IOException {
    Path behind = software.file("tpm.sock");
    Path socket = software.file("proxy.sock");
    var tpm = SocketChannel.open(UnixDomainSocketAddress.of(behind));
    var proxy = new TpmProxy(socket, tpm, UnixDomainSocketAddress.of(behind + ".ctrl"));
    proxy.listen(socket, proxy::serveCommands);
    proxy.listen(Path.of(socket + ".ctrl"), proxy::serveControl);
    return proxy;
  }

  /** What clients open. */
  public String tcti() {
    return "swtpm:path=" + socket;
  }

  /** The next commands, so many, are answered with TPM_RC_RETRY and do not reach the TPM. */
  public void answerBusy(int count) {
    busy.set(count);
  }

  /** Commands that the TPM or this proxy answered. */
  public int commands() {
    return commands.get();
  }

  /** All bytes that passed, both ways. */
  public synchronized Bytes seen() {
    return Bytes.copyOf(seen.toByteArray());
  }

  /** Whether these bytes passed in the clear. */
  public boolean saw(byte[] content) {
    byte[] all = seen().toArray();
    for (int at = 0; at + content.length <= all.length; at++) {
      if (Arrays.equals(all, at, at + content.length, content, 0, content.length)) {
        return true;
      }
    }
    return false;
  }

  private interface Server {
    void serve(SocketChannel client) throws IOException;
  }

  private void listen(Path path, Server server) throws IOException {
    var listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    listener.bind(UnixDomainSocketAddress.of(path));
    keep(listener);
    daemon(() -> {
      while (true) {
        var client = listener.accept();
        keep(client);
        daemon(() -> server.serve(client));
      }
    });
  }

  private interface Work {
    void run() throws IOException;
  }

  private static void daemon(Work work) {
    var thread =
        new Thread(() -> {
          try {
            work.run();
          } catch (IOException e) {
            // A closed socket ends the thread: that is how clients and tests hang up.
            return;
          }
        });
    thread.setDaemon(true);
    thread.start();
  }

  private synchronized void keep(Closeable closeable) {
    open.add(closeable);
  }

  private void serveCommands(SocketChannel client) throws IOException {
    try (client) {
      while (true) {
        ByteBuffer command = message(client);
        write(client, answer(command));
      }
    }
  }

  private synchronized ByteBuffer answer(ByteBuffer command) throws IOException {
    commands.incrementAndGet();
    if (busy.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
      return BinaryWriter.bigEndian().u16(0x8001).u32(HEADER).u32(TPM_RC_RETRY).toBytes().buffer();
    }
    record(command);
    write(tpm, command);
    ByteBuffer answer = message(tpm);
    record(answer);
    return answer;
  }

  private void record(ByteBuffer message) {
    var bytes = new byte[message.remaining()];
    message.duplicate().get(bytes);
    seen.writeBytes(bytes);
  }

  /** One command or answer: its size is the 32 bits after the tag. */
  private static ByteBuffer message(SocketChannel from) throws IOException {
    var header = ByteBuffer.allocate(HEADER);
    fill(from, header);
    int size = header.getInt(2);
    if (size < HEADER || size > MAX) {
      throw new IOException("a message of " + size + " bytes");
    }
    var whole = ByteBuffer.allocate(size).put(header.flip());
    fill(from, whole);
    return whole.flip();
  }

  private static void fill(SocketChannel from, ByteBuffer target) throws IOException {
    while (target.hasRemaining()) {
      if (from.read(target) < 0) {
        throw new IOException("closed");
      }
    }
  }

  private static void write(SocketChannel to, ByteBuffer message) throws IOException {
    ByteBuffer rest = message.duplicate();
    while (rest.hasRemaining()) {
      int unused = to.write(rest);
    }
  }

  /** The control channel has no secrets and no sizes: passed on as it comes, both ways. */
  private void serveControl(SocketChannel client) throws IOException {
    try (client;
        var behind = SocketChannel.open(control)) {
      daemon(() -> pass(behind, client));
      pass(client, behind);
    }
  }

  private static void pass(SocketChannel from, SocketChannel to) throws IOException {
    var buffer = ByteBuffer.allocate(MAX);
    while (from.read(buffer) >= 0) {
      write(to, buffer.flip());
      buffer.clear();
    }
    to.shutdownOutput();
  }

  @Override
  public synchronized void close() throws IOException {
    for (Closeable closeable : open) {
      closeable.close();
    }
    tpm.close();
  }
}
