// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Times whole processes in turn and prints medians: {@code Startup.java HOME RUNS}. */
public class Startup {
  /** A command to time; the ratio is to the peer that is named in {@code against}. */
  record Subject(String name, List<String> command, boolean cache, String against) {}

  public static void main(String[] args) throws Exception {
    Path home = Path.of(args[0]);
    int runs = Integer.parseInt(args[1]);
    List<Subject> subjects = subjects(home);
    double[][] millis = new double[subjects.size()][runs];
    for (int run = -1; run < runs; run++) {
      for (int i = 0; i < subjects.size(); i++) {
        double taken = time(subjects.get(i));
        if (run >= 0) {
          millis[i][run] = taken;
        }
      }
    }
    print(subjects, millis, runs);
  }

  private static List<Subject> subjects(Path home) throws IOException {
    String trustme = home.resolve("trustme").toString();
    Path vectors = home.resolve("testvectors/vectors/authenticode");
    String image = vectors.resolve("good.efi").toString();
    String roots = vectors.resolve("db.pem").toString();
    var help = List.of(trustme, "verify", "--help");
    var artifact = List.of(trustme, "verify", "artifact", image, "--as", "uefi", "--cert", roots);
    var sbverify = List.of("sbverify", "--cert", roots, image);
    List<Subject> subjects = new ArrayList<>();
    subjects.add(new Subject("openssl version", List.of("openssl", "version"), true, ""));
    String java = Path.of(System.getProperty("java.home"), "bin/java").toString();
    subjects.add(new Subject("java -version", List.of(java, "-version"), true, "openssl version"));
    subjects.add(new Subject("verify --help, cache", help, true, "openssl version"));
    subjects.add(new Subject("verify --help, no cache", help, false, "openssl version"));
    subjects.add(new Subject("sbverify", sbverify, true, ""));
    subjects.add(new Subject("verify artifact, cache", artifact, true, "sbverify"));
    subjects.add(new Subject("verify artifact, no cache", artifact, false, "sbverify"));
    return subjects;
  }

  private static double time(Subject subject) throws Exception {
    var builder = new ProcessBuilder(subject.command());
    Map<String, String> environment = builder.environment();
    environment.put("TRUSTME_NO_REBUILD", "1");
    if (!subject.cache()) {
      environment.put("TRUSTME_NO_CACHE", "1");
    }
    builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
    long start = System.nanoTime();
    int code = builder.start().waitFor();
    double taken = (System.nanoTime() - start) / 1e6;
    if (code != 0) {
      throw new IllegalStateException(subject.command() + " ended with " + code);
    }
    return taken;
  }

  private static void print(List<Subject> subjects, double[][] millis, int runs)
      throws IOException {
    System.out.printf(
        "%d runs each, in turn; milliseconds; JVM %s, %d processors%n",
        runs, System.getProperty("java.vm.version"), Runtime.getRuntime().availableProcessors());
    System.out.printf("%-28s %8s %8s %8s   %s%n", "", "median", "min", "max", "ratio to peer");
    for (int i = 0; i < subjects.size(); i++) {
      Arrays.sort(millis[i]);
      Subject subject = subjects.get(i);
      String ratio = "";
      for (int j = 0; j < subjects.size(); j++) {
        if (subjects.get(j).name().equals(subject.against())) {
          ratio = "%.1f x %s".formatted(median(millis[i]) / median(millis[j]), subject.against());
        }
      }
      System.out.printf(
          "%-28s %8.1f %8.1f %8.1f   %s%n",
          subject.name(), median(millis[i]), millis[i][0], millis[i][runs - 1], ratio);
    }
  }

  private static double median(double[] sorted) {
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
