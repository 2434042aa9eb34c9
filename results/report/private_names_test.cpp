#include "results/report/private_names.hpp"

#include <gtest/gtest.h>

#include "results/testing/sample_report.hpp"

namespace ipcbench {
namespace {

using Names = std::vector<std::string>;

PrivateNames names_of_ann() {
  return {.hosts = {"atlas-7.example.org", "atlas-7"},
          .users = {"ann"},
          .paths = {"/home/ann", "/srv/ann's lab"},
          .unsearchable = {}};
}

// Catches a replacement within words, one that misses another case, and one that misses a name with a sign.
TEST(PrivateNames, AreReplacedAsWholeWords) {
  const auto without = [](const char* text) { return without_names(text, names_of_ann()); };
  EXPECT_EQ(without("6.1.0-atlas-7-amd64"), "6.1.0-(host)-amd64");
  EXPECT_EQ(without("Atlas-7 is busy; ATLAS-7.example.org too"), "(host) is busy; (host) too");
  EXPECT_EQ(without("atlas-77 and myatlas-7"), "atlas-77 and myatlas-7");
  EXPECT_EQ(without("ann's shell, started by ann"), "(user)'s shell, started by (user)");
  EXPECT_EQ(without("the channel of joann and ann_b; Ann"), "the channel of joann and ann_b; Ann");
}

// Catches paths that are missed behind a sign, and what only looks like a path.
TEST(PrivateNames, PathsAreReplacedAsAWhole) {
  const auto without = [](const char* text) { return without_names(text, names_of_ann()); };
  EXPECT_EQ(without("cannot open /home/bob/x.json: denied"), "cannot open (path): denied");
  EXPECT_EQ(without("--out=/var/tmp/a.json ~/b '/mnt/c d'"), "--out=(path) (path) '(path) d'");
  EXPECT_EQ(without("in /srv/ann's lab/x."), "in (path).");  // a known folder may hold a space
  EXPECT_EQ(without("(/opt/x, /opt/y)"), "((path), (path))");
  EXPECT_EQ(without("1.5 GB/s, 3 / 4, and/or, pipe/latency/size:64"),
            "1.5 GB/s, 3 / 4, and/or, pipe/latency/size:64");
  EXPECT_EQ(without("raise /proc/sys/fs/mqueue/msg_max, mount /dev/shm"),
            "raise /proc/sys/fs/mqueue/msg_max, mount /dev/shm");
}

// Catches a placeholder that is itself replaced.
TEST(PrivateNames, NothingIsReplacedTwice) {
  PrivateNames others = names_of_ann();
  others.users = {"path", "host", "user", "ann"};
  const PrivateNames names = searchable_names(testing::sample_report(), others);
  EXPECT_EQ(names.users, Names{"ann"});
  for (const char* text : {"atlas-7 /home/ann/x", "ann's path", "(path)"}) {
    const std::string once = without_names(text, names);
    EXPECT_EQ(without_names(once, names), once);
  }
}

TEST(PrivateNames, AReportTellsThem) {
  Report report = testing::sample_report();
  report.context.host_name = "atlas-7.example.org";
  report.context.executable = "/home/ann/ipcbench/build/ipcbench";
  report.session.command = {"ipcbench", "run", "--out=/data/of bob/x.json"};
  const PrivateNames names = private_names_of(report);
  EXPECT_EQ(names.hosts, (Names{"atlas-7.example.org", "atlas-7"}));
  EXPECT_EQ(names.users, Names{"ann"});
  EXPECT_EQ(names.paths, (Names{"/home/ann/ipcbench/build", "/data/of bob"}));
}

// Catches the sign behind a name that becomes part of it, and names of other folders.
TEST(PrivateNames, HomesTellUsers) {
  EXPECT_EQ(users_of_homes("/home/ann/x \"/home/bob\" in /home/j.doe: /net/home/eve/, ask '/home/mallory'."),
            (Names{"ann", "bob", "j.doe", "eve", "mallory"}));
  EXPECT_EQ(users_of_homes("/home, /home/ and /homes/ann, ~/x, at /home/."), Names{});
}

// Catches a host called as a mechanism is, whose name would be replaced in every sentence about pipes.
TEST(PrivateNames, WordsOfTheReportAreNotSearchedFor) {
  Report report = testing::sample_report();
  for (const char* name : {"pipe", "Governor", "a", "latency", "size"}) {
    report.context.host_name = name;
    const PrivateNames names = searchable_names(report, {});
    EXPECT_TRUE(names.hosts.empty()) << name;
    EXPECT_EQ(names.unsearchable, Names{name});
  }
  report.host.push_back({"distribution", "Debian GNU/Linux 12"});
  report.context.host_name = "debian";
  EXPECT_TRUE(searchable_names(report, {}).hosts.empty());
  report.context.host_name = "localhost";  // tells nothing
  EXPECT_TRUE(searchable_names(report, {}).hosts.empty());
  EXPECT_TRUE(searchable_names(report, {}).unsearchable.empty());
  report.context.host_name = "pipeline";
  EXPECT_EQ(searchable_names(report, {}).hosts, Names{"pipeline"});
}

// Catches names of this machine that are forgotten.
TEST(PrivateNames, ThoseOfThisMachineAreSearchedForToo) {
  const PrivateNames names = searchable_names(testing::sample_report(), names_of_ann());
  EXPECT_EQ(names.hosts, names_of_ann().hosts);
  EXPECT_EQ(names.users, names_of_ann().users);
  EXPECT_EQ(name_in("seen on ATLAS-7", names), "atlas-7");
  EXPECT_EQ(name_in("of ann", names), "ann");
  EXPECT_EQ(name_in("atlas and channel", names), std::nullopt);
}

// Catches a pseudonym that counts as a name, and a report that is ready on one machine and not on another.
TEST(PrivateNames, AReportWithItsPublicNameHasNone) {
  Report report = testing::sample_report();
  report.host.push_back({"machine_id", "01905343-c42e-573a-8ebb-790fb712dcd3"});
  report.context.host_name = "machine-01905343";
  EXPECT_EQ(public_host_name(report), "machine-01905343");
  const PrivateNames names = searchable_names(report, names_of_ann());
  EXPECT_TRUE(names.hosts.empty());
  EXPECT_TRUE(names.users.empty());
}

}  // namespace
}  // namespace ipcbench
