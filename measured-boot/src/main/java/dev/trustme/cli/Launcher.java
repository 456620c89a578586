// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;

/**
 * Runs one tool: parses the arguments, runs the command, and where exceptions become exit codes, by
 * {@link Failures}. Commands return an {@link ExitCode} or throw.
 */
public final class Launcher {
  private Launcher() {}

  /**
   * The whole life of a tool's process. Success just returns: System.exit first sets up the JDK's
   * logging, which takes as long as a short command. No tool leaves a thread behind.
   */
  public static void main(Object tool, String... args) {
    int code = run(tool, args);
    if (code != 0) {
      System.exit(code);
    }
  }

  /** Runs the tool in this process and returns the exit code. */
  public static int run(Object tool, String... args) {
    var out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    var err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    var commandLine =
        withVerbs(new CommandLine(tool), tool, args)
            .setOut(out)
            .setErr(err)
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setAbbreviatedOptionsAllowed(false)
            // "@FILE" is for the commands that say so, such as --cmdline @FILE.
            .setExpandAtFiles(false)
            // Finding the width starts another process: only where somebody reads.
            .setUsageHelpAutoWidth(Terminal.output())
            .setExitCodeExceptionMapper(e -> Failures.exitCode(e).code())
            .setExecutionExceptionHandler((exception, line, parsed) -> {
              report(exception, err);
              return Failures.exitCode(exception).code();
            })
            .setParameterExceptionHandler(
                (exception, arguments) -> usageError(exception, err).code());
    int code = commandLine.execute(args);
    Object result = lastResult(commandLine);
    return code == 0 && result instanceof ExitCode exit ? exit.code() : code;
  }

  /** Where the first word is a verb, the others can't be reached any more. */
  private static CommandLine withVerbs(CommandLine line, Object tool, String... args) {
    if (tool instanceof Tool suite) {
      var verbs = suite.verbs();
      var called = verbs.stream().filter(v -> args.length > 0 && name(v).equals(args[0])).findAny();
      called.<List<Class<?>>>map(List::of).orElse(verbs).forEach(line::addSubcommand);
    }
    return line;
  }

  private static String name(Class<?> verb) {
    return verb.getAnnotation(Command.class).name();
  }

  private static @Nullable Object lastResult(CommandLine commandLine) {
    CommandLine line = commandLine;
    while (line.getParseResult() != null && line.getParseResult().hasSubcommand()) {
      line = line.getParseResult().subcommand().commandSpec().commandLine();
    }
    return line.getExecutionResult();
  }

  private static ExitCode usageError(ParameterException exception, PrintWriter err) {
    var line = exception.getCommandLine();
    err.println("trustme: " + Failures.oneLine(exception.getMessage()));
    CommandLine.UnmatchedArgumentException.printSuggestions(exception, err);
    err.println("Try '" + line.getCommandSpec().qualifiedName(" ") + " --help'.");
    return ExitCode.USAGE;
  }

  private static void report(Throwable exception, PrintWriter err) {
    if (Failures.exitCode(exception) == ExitCode.BUG) {
      err.println("trustme: this is a bug in trustme, not in your input; please report it with:");
      exception.printStackTrace(err);
      return;
    }
    err.println("trustme: " + Failures.words(exception));
  }
}
