// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

import dev.trustme.bytes.Bytes;
import dev.trustme.eventlog.EventLog;
import dev.trustme.eventlog.Replay;
import dev.trustme.eventlog.TcgPcrEvent2;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Times event logs in this process, warm, beside tpm2_eventlog (a process each) and the least that
 * Python needs for a replay alone: {@code EventLogs.java HOME ROUNDS}, the suite's jars on the
 * class path.
 */
public class EventLogs {
  private static final int WARM_UP = 3000;
  private static final int PROCESSES = 15;
  private static int sink;

  public static void main(String[] args) throws Exception {
    Path home = Path.of(args[0]);
    int rounds = Integer.parseInt(args[1]);
    System.out.printf(
        "medians of %d rounds (processes: %d); microseconds; JVM %s%n",
        rounds, PROCESSES, System.getProperty("java.vm.version"));
    System.out.printf("%-28s %10s   %s%n", "", "median", "beside parse + check + replay");
    for (String name : List.of("hundred", "long")) {
      Path log = home.resolve("testvectors/vectors/eventlog/" + name + ".bin");
      time(home, log, rounds);
    }
  }

  private static void time(Path home, Path file, int rounds) throws Exception {
    Bytes bytes = Bytes.copyOf(Files.readAllBytes(file));
    var log = EventLog.parse(bytes);
    String name =
        "%s: %d events, %d banks"
            .formatted(
                file.getFileName(),
                log.events().size(),
                log.specId().orElseThrow().digestSizes().size());
    System.out.println(name);
    double all = median(rounds, () -> sink += all(bytes));
    line("  parse + check + replay", all, all);
    line("  parse", median(rounds, () -> sink += EventLog.parse(bytes).events().size()), all);
    line("  replay", median(rounds, () -> sink += Replay.replay(log).banks().size()), all);
    String script = home.resolve("bench/replay.py").toString();
    String rounded = String.valueOf(Math.min(rounds, 200));
    line("  Python, replay alone", output("python3", script, file.toString(), rounded), all);
    line("  tpm2_eventlog, process", process("tpm2_eventlog", file.toString()), all);
  }

  private static int all(Bytes bytes) throws Exception {
    var log = EventLog.parse(bytes);
    int checks = 0;
    for (TcgPcrEvent2 event : log.events()) {
      checks += event.checked().checks().size();
    }
    return checks + Replay.replay(log).banks().size();
  }

  private interface Work {
    void run() throws Exception;
  }

  private static double median(int rounds, Work work) throws Exception {
    for (int i = 0; i < WARM_UP; i++) {
      work.run();
    }
    double[] micros = new double[rounds];
    for (int i = 0; i < rounds; i++) {
      long start = System.nanoTime();
      work.run();
      micros[i] = (System.nanoTime() - start) / 1e3;
    }
    Arrays.sort(micros);
    return micros[rounds / 2];
  }

  private static double output(String... command) throws Exception {
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    var out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IllegalStateException(String.join(" ", command) + ": " + out);
    }
    return Double.parseDouble(out.strip());
  }

  private static double process(String... command) throws Exception {
    double[] micros = new double[PROCESSES];
    for (int i = 0; i < PROCESSES; i++) {
      var builder =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD);
      long start = System.nanoTime();
      int code = builder.start().waitFor();
      micros[i] = (System.nanoTime() - start) / 1e3;
      if (code != 0) {
        throw new IllegalStateException(String.join(" ", command) + " ended with " + code);
      }
    }
    Arrays.sort(micros);
    return micros[PROCESSES / 2];
  }

  private static void line(String name, double micros, double reference) {
    System.out.printf("%-28s %10.1f   %.2f x%n", name, micros, micros / reference);
  }
}
