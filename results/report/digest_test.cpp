#include "results/report/digest.hpp"

#include <gtest/gtest.h>

namespace ipcbench {
namespace {

std::string digest_of(std::initializer_list<std::string_view> pieces) {
  ReportDigest digest;
  for (const std::string_view piece : pieces) digest.add(piece);
  return digest.finish();
}

// The example of FIPS 180-2, appendix B.1.
TEST(ReportDigest, IsSha256) {
  EXPECT_EQ(digest_of({"abc"}), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

// Catches white space that counts, and strings that lose theirs.
TEST(ReportDigest, KnowsNoWhiteSpaceBetweenTokens) {
  const std::string minified = digest_of({R"({"a b":[1,"c \" d\\"],"e":2})"});
  EXPECT_EQ(digest_of({"{\n  \"a b\": [1,\r\n\t\"c \\\" d\\\\\"],\n  \"e\": 2\n}\n"}), minified);
  EXPECT_NE(digest_of({R"({"ab":[1,"c \" d\\"],"e":2})"}), minified);
  EXPECT_NE(digest_of({R"({"a b":[1,"c \"d\\"],"e":2})"}), minified);
}

// Catches a state that is lost at the end of a piece: within a string, after a backslash.
TEST(ReportDigest, DoesNotDependOnPieces) {
  const std::string whole = digest_of({R"({"a b":"c \" d"} )"});
  EXPECT_EQ(digest_of({R"({"a)", R"( b":"c \)", R"(" d"})", " "}), whole);
}

}  // namespace
}  // namespace ipcbench
