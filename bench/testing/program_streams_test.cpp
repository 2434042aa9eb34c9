// The program with standard streams and outputs that are closed, full, broken or not files: it ends, and says
// why on the remaining stream.
#include <gtest/gtest.h>

#include <algorithm>

#include "bench/testing/shell.hpp"

namespace ipcbench {
namespace {

using testing::ProgramResult;
using testing::run_shell;

constexpr const char* kRun =
    "ipcbench run --mechanism pipe --size 64 --pattern latency --wait block --peers fork --cpus same "
    "--repetitions 1 --time 1ms --warm-up 1ms ";

void expect_complaint(const std::string& script, const std::string& said) {
  SCOPED_TRACE(script);
  const ProgramResult result = run_shell(script);
  EXPECT_EQ(result.code, 2) << result.err;
  EXPECT_NE(result.err.find(said), std::string::npos) << result.err;
  EXPECT_EQ(std::ranges::count(result.err, '\n'), 1) << result.err;
}

// Catches results that are lost without a message.
TEST(ProgramStreams, LostResultsAreAnError) {
  for (const char* command : {"list", "list --json", "doctor", "--help", "--version", "run --list-cells",
                              "claims --claim 1", "run -- --help"}) {
    expect_complaint(std::string("ipcbench ") + command + " >&-",
                     "cannot write to standard output: Bad file");
    expect_complaint(std::string("ipcbench ") + command + " >/dev/full",
                     "cannot write to standard output: No space");
  }
}

// Catches an error message, or success, when the reader stops reading: other tools then die of SIGPIPE.
TEST(ProgramStreams, AReaderThatHasGoneEndsItQuietly) {
  const ProgramResult result = run_shell("ipcbench list | true; echo \"${PIPESTATUS[0]}\"");
  EXPECT_EQ(result.err, "");
  EXPECT_TRUE(result.out == "141\n" || result.out == "0\n") << result.out;  // 0: it was faster than `true`
  const ProgramResult late = run_shell("{ sleep 0.2; ipcbench list; echo $? >&2; } | :");
  EXPECT_EQ(late.err, "141\n");
}

// Catches a file, pipe or socket of the measurement that gets the number of a closed stream, and with it
// everything printed on that stream.
TEST(ProgramStreams, ClosedStreamsAreNotTakenForOthers) {
  const ProgramResult result =
      run_shell(std::string(kRun) + "--out a.json <&- 2>&-; echo $?; " + kRun +
                "--out b.json >&- <&- 2>&-; echo $?; ipcbench export a.json --for csv | wc -l; "
                "ipcbench export b.json --for csv | wc -l");
  EXPECT_TRUE(result.out.ends_with("\n0\n2\n2\n2\n")) << result.out << result.err;
  expect_complaint("ipcbench compare - /nowhere/b.json <&-",
                   "standard input: cannot be read: Bad file descriptor");
}

TEST(ProgramStreams, NobodyListensToComplaints) {
  EXPECT_EQ(run_shell("ipcbench run --seed x 2>&-").code, 2);
  EXPECT_EQ(run_shell("ipcbench run --seed x 2>/dev/full").code, 2);
  EXPECT_EQ(run_shell("ipcbench run --seed x <&- >&- 2>&-").code, 2);
}

// Catches a program that waits for a pipe without a reader, replaces a device by a file, or measures before
// it finds that it cannot write its file.
TEST(ProgramStreams, OutputsThatCannotBeWritten) {
  for (const char* command : {"claims --claim 1", "probe --mechanism null"}) {
    const std::string call = std::string("ipcbench ") + command + " --out ";
    expect_complaint("mkdir d; " + call + "d", "--out: cannot write d: Is a directory");
    expect_complaint(call + "/dev/full", "--out: cannot write /dev/full: No space left");
    expect_complaint("mkfifo p; " + call + "p",
                     "--out: cannot write p: No such device or address (a pipe that nobody");
    expect_complaint(call + "/proc/nowhere", "--out: cannot write /proc/nowhere");
    expect_complaint(call + "/nowhere/x", "--out: cannot write /nowhere/x: No such file");
    expect_complaint(call + "$(printf 'x%.0s' {1..300})", "File name too long");
    EXPECT_EQ(run_shell("mkfifo p; cat p >read & sleep 0.2; " + call + "p; wait; test -s read").code, 0);
  }
  const std::string run = std::string(kRun) + "--quiet --out ";
  expect_complaint("mkdir d; " + run + "d", "not a regular file");
  expect_complaint("mkfifo p; " + run + "p", "not a regular file");
  expect_complaint(run + "/proc/a.json", "--out: cannot write a report to /proc/a.json");
  expect_complaint(run + "$(printf 'x%.0s' {1..300})", "File name too long");
  expect_complaint("ln -s loop loop; " + run + "loop", "symbolic links");
  EXPECT_EQ(run_shell(run + "$(printf 'x%.0s' {1..255}) >/dev/null").code, 0);
}

// Catches a command that takes "-" for the name of a file, and one that reads what comes packed otherwise.
TEST(ProgramStreams, AReportComesFromStandardInput) {
  const std::string file = testing::kBaseline;
  for (const char* command : {"show", "export --for csv", "claims --claim 1 --json"}) {
    const std::string call = std::string("ipcbench ") + command;
    const ProgramResult piped = run_shell("gzip -c " + file + " | " + call + " -");
    EXPECT_EQ(piped.code, 0) << call << piped.err;
    EXPECT_GT(piped.out.size(), 100U) << call;
  }
  EXPECT_EQ(run_shell("ipcbench export --for csv - <" + file).out,
            run_shell("ipcbench export --for csv " + file).out);
  expect_complaint("ipcbench show - </dev/null", "standard input: is empty");
}

// Catches memory that grows with the length of the input: 1 GiB less one byte of nothing, of one string, of
// brackets.
TEST(ProgramStreams, LargeFilesAreRefusedInBoundedMemory) {
  const std::string limited = "ulimit -v 1500000; ";
  for (const char* make : {"", "printf '{\"a\": \"' >f; ", "printf '[' >f; "}) {
    const std::string file = std::string(make) + "truncate -s 1073741823 f; ";
    expect_complaint(limited + file + "ipcbench claims f --claim 1", "f: ");
    expect_complaint(limited + file + "ipcbench compare f f", "f: ");
    expect_complaint(limited + file + "ipcbench calibrate --settings f", "f: ");
  }
  for (const char* command : {"compare - f.json", "show -"})
    expect_complaint(limited + "yes '   ' | tr -d '\\n' | ipcbench " + command, "standard input: ");
  expect_complaint(limited + "{ printf '{\"a\": \"'; yes | tr -d '\\n'; } | ipcbench compare - f.json",
                   "a string, number or gap of more than");
  expect_complaint(
      limited + "yes '{\"describe\": true}' | tr -d '\\n' | ipcbench duet-side --mechanism null >/dev/null",
      "a request of more than");
}

// Catches a selection by Google Benchmark's environment variables, which no report records.
TEST(ProgramStreams, TheEnvironmentSelectsNothing) {
  const std::string list = "ipcbench run --list-cells --mechanism pipe";
  const ProgramResult result = run_shell("export BENCHMARK_FILTER=none BENCHMARK_LIST_TESTS=true; " + list);
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(result.out, run_shell(list).out);
  EXPECT_NE(result.out, "");
  EXPECT_EQ(run_shell("export TMPDIR=/proc; ipcbench calibrate").code, 2);
}

// Only the program itself starts an end. An end started by hand has nothing to map.
TEST(ProgramStreams, AnEndWithoutALauncherEnds) {
  for (const char* arguments : {"0 producer 0 0", "99999 producer 0 0", "-1 producer 0 0", "0 nobody 0 0",
                                "0 producer 64 0", "1 2 3 4"}) {
    const ProgramResult result =
        run_shell(std::string("ipcbench --ipcbench-worker ") + arguments + " </dev/zero");
    EXPECT_EQ(result.code, 1) << arguments << result.err;
  }
  EXPECT_EQ(run_shell(": >empty; ipcbench --ipcbench-worker 0 producer 0 0 0<>empty").code, 1);
}

}  // namespace
}  // namespace ipcbench
