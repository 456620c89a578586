// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

import com.sun.management.OperatingSystemMXBean;
import dev.trustme.artifact.DsseEnvelope;
import dev.trustme.attest.Judge;
import dev.trustme.attest.Judgement;
import dev.trustme.attest.Policy;
import dev.trustme.attest.TrustAnchors;
import dev.trustme.bytes.Bytes;
import dev.trustme.trust.Acceleration;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Whole judgements on one core: {@code Judgements FOLDER FILE RUNS (plain|accelerated)} parses and
 * judges each line of evidence, by the policy and release that {@code Fleet make} wrote, and prints
 * the median of the runs in processor time of the whole process: that of the garbage collector and
 * of what the compiler still does is part of it. How many the first run takes is told as well: it
 * is what a process that judges a few hundred and ends has.
 */
final class Judgements {
  /** Runs before those that count: until then the JVM compiles on the same core. */
  private static final int WARM = 50;

  private final Judge judge;
  private final List<Bytes> evidence;

  private Judgements(Judge judge, List<Bytes> evidence) {
    this.judge = judge;
    this.evidence = evidence;
  }

  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[0]);
    if (args[3].equals("accelerated")) {
      Acceleration.expect(Integer.MAX_VALUE, 0);
      Acceleration.arrived().orElseThrow(() -> new IllegalStateException("no provider here"));
    }
    List<Bytes> evidence = new ArrayList<>();
    for (String line : Files.readAllLines(Path.of(args[1]))) {
      evidence.add(Bytes.utf8(line));
    }
    new Judgements(judge(folder), evidence).run(Integer.parseInt(args[2]), args[3]);
  }

  private static Judge judge(Path folder) throws Exception {
    var policy = Policy.parse(read(folder, "policy.yaml"));
    var release = DsseEnvelope.parse(read(folder, "release.json"));
    return Judge.of(
        policy, TrustAnchors.load(policy, folder, List.of()), List.of(release), List.of());
  }

  private static Bytes read(Path folder, String name) throws IOException {
    return Bytes.copyOf(Files.readAllBytes(folder.resolve(name)));
  }

  private void run(int runs, String provider) {
    var process = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    double[] all = new double[WARM + runs];
    for (int run = 0; run < all.length; run++) {
      long begun = process.getProcessCpuTime();
      evidence.forEach(this::judge);
      all[run] = evidence.size() / ((process.getProcessCpuTime() - begun) / 1e9);
    }
    double[] rates = Arrays.copyOfRange(all, WARM, all.length);
    Arrays.sort(rates);
    System.out.printf(
        "%-12s %7.0f judgements a second and core  (%.0f to %.0f in %d runs; the first %d: %.0f)%n",
        provider, rates[runs / 2], rates[0], rates[runs - 1], runs, evidence.size(), all[0]);
  }

  private void judge(Bytes line) {
    Judgement judgement = judge.judgeRecorded(line, Fleet.AT);
    if (!judgement.accepted()) {
      throw new IllegalStateException("not accepted: " + judgement);
    }
  }
}
