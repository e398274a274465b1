#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0
# perf-data.pl [WORD...]: a perf.data file on stdout, as perf record of Linux 6.1 would
# write it, with two memory errors, a page fault, and a loss of 5 records. Each word makes
# something different:
#   pipe               as it would be in a pipe
#   nofaults           without the event page-faults: then samples have no id
#   noformat           without the format files
#   release=TEXT       recorded on that kernel
#   long=N             on a machine with longs of so many bytes
#   field=TEXT         the format has another type for error_type
#   persistent         the tracepoint is a persistent event's
#   type=N sample=N    of the page faults' attributes
#   cpu=N              of the second memory error
#   raw=N              its RAW says to have so many bytes
#   loc=N              its first string is said to be there
#   id=N               its id
#   size=N             its header says to have so many bytes
#   killed compressed swapped
#   cut=N              without the last N bytes
use strict;
use warnings;
no warnings 'portable';	# 64 bits

my %arg = map { /^(\w+)=(.*)$/ ? ($1 => $2) : ($_ => 1) } @ARGV;
$arg{$_} =~ /^0x/ and $arg{$_} = hex($arg{$_}) for keys %arg;

# perf_event.h: PERF_SAMPLE_IDENTIFIER, then as perf asks for
my $ids = !$arg{nofaults};
my $tp_sample = ($ids ? 0x10000 : 0) | 0x1 | 0x2 | 0x4 | 0x80 | 0x100 | 0x400;
my $pf_sample = $arg{sample} // (0x10000 | 0x1 | 0x2 | 0x4 | 0x8 | 0x80);
my $tp_id = 1234;		# another one than that of this kernel
my $persistent = 10;

sub record { my ($type, $misc, $data, $size) = @_;
	return pack("L S S", $type, $misc, $size // 8 + length $data) . $data; }
sub aligned { my ($data) = @_; return $data . "\0" x (-length($data) % 8); }
sub string { my ($text) = @_;
	my $data = $text . "\0" x (64 - length($text) % 64);
	return pack("L", length $data) . $data; }
sub attr { my ($type, $config, $sample) = @_;
	return pack("L L Q Q Q Q Q", $type, 128, $config, 1, $sample, 0x14, 0)
		. "\0" x (128 - 48); }

# The trace record of ras:mc_event, see formats/ras/mc_event
sub mc_event { my ($error, $msg, $label, $address, $loc) = @_;
	my $at = 64;
	my $texts = "$msg\0$label\0\0";
	my $word = sub { my ($text) = @_;
		my $len = 1 + length $text;
		my $w = $at | $len << 16;
		$at += $len;
		return $w; };
	my $first = $word->($msg);
	$first = $loc if defined $loc;
	my $raw = pack("S C C l L L L S C c c c x6 q C x7 q L", $tp_id, 0, 0, 77, $error,
		       $first, $word->($label), 1, 0, 0, -1, -1, $address, 6, 0, $word->(""));
	$raw .= "\0" x (64 - length $raw) . $texts;
	return $raw . "\0" x (-(4 + length $raw) % 8); }

sub sample { my ($id, $time, $cpu, $raw, $raw_size) = @_;
	return ($ids ? pack("Q", $id) : "") . pack("Q l l Q L L Q", 0xffffffff81000000, 77, 78,
		$time, $cpu, 0, 1) . pack("L", $raw_size // length $raw) . $raw; }

my @ids = ([101, 102], [201, 202]);
my $first = record(9, 1, sample(101, 5_000_000_000, 0,
				mc_event(0, "read error", "DIMM_A1", 0x1000)));
my $second = record(9, 1, sample($arg{id} // 102, 5_500_000_000, $arg{cpu} // 1,
				 mc_event(1, "scrub error", "DIMM_B2", 0x2040, $arg{loc}),
				 $arg{raw}), $arg{size});
my $fault = record(9, 2, pack("Q Q l l Q Q L L", 201, 0x401000, 79, 79, 5_250_000_000,
			      0x7fff1000, 0, 0));
# Per CPU, so not in the order of time; the rest is not for us
my $records = record(3, 0, pack("L L", 77, 77) . aligned("thing\0") . "\0" x 8)
	. $first . $second . ($ids ? $fault : "") . record(2, 0, pack("Q Q", 101, 5))
	. record(68, 0, "");
$records .= record(81, 0, "\0" x 8) if $arg{compressed};

open(my $in, '<', "formats/ras/mc_event/format") or die;
my $format = do { local $/; <$in> };
close $in;
$format =~ s/^ID: \d+/ID: $tp_id/m or die;
$format =~ s/unsigned int error_type/$arg{field} error_type/ if $arg{field};
my $tracing = "\x17\x08\x44tracing0.6\0" . pack("C C L", 0, $arg{long} // 8, 4096);
my $page = join("", map { sprintf("\tfield: %s;\toffset:%u;\tsize:%u;\tsigned:%u;\n", @$_) }
		["u64 timestamp", 0, 8, 0], ["local_t commit", 8, 8, 1],
		["int overwrite", 8, 1, 1], ["char data", 16, 4080, 1]);
(my $ftrace = $format) =~ s/^(name: .*\nID: ).*/${1}7/;
$tracing .= "header_page\0" . pack("Q", length $page) . $page
	. "header_event\0" . pack("Q", 0)
	. pack("L Q", 1, length $ftrace) . $ftrace
	. pack("L", 1) . "ras\0" . pack("L Q", 1, length $format) . $format
	. pack("L L Q", 0, 0, 0);

my @attrs = ($arg{persistent} ? attr($persistent, 3, $tp_sample) : attr(2, $tp_id, $tp_sample));
my @names = ($arg{persistent} ? "persistent/mc_event/" : "ras:mc_event:k");
if ($ids) {
	push @attrs, attr($arg{type} // 1, 2, $pf_sample);
	push @names, "page-faults:u";
}
my %features = (
	4 => string($arg{release} // "6.1.0"),
	12 => pack("L L", scalar @attrs, 128)
		. join("", map { $attrs[$_] . pack("L", 2) . string($names[$_])
				 . pack("Q2", @{$ids[$_]}) } 0 .. $#attrs),
	16 => pack("L", 2) . pack("L", 1) . string("software")
		. pack("L", $persistent) . string("persistent"),
);
$features{1} = $tracing unless $arg{noformat} || $arg{persistent};

my $file;
if ($arg{pipe}) {
	$file = "PERFILE2" . pack("Q", 16);
	$file .= record(64, 0, $attrs[$_] . pack("Q2", @{$ids[$_]})) for 0 .. $#attrs;
	$file .= record(80, 0, aligned(pack("Q", $_) . $features{$_}))
		for grep { $_ != 1 } sort keys %features;
	$file .= record(66, 0, pack("L L", length aligned($tracing), 0)) . aligned($tracing)
		if $features{1};
	$file .= $records;
} else {
	my $at = 104;
	my ($id_data, $attr_data) = ("", "");
	for (0 .. $#attrs) {
		$attr_data .= $attrs[$_] . pack("Q Q", $at, 16);
		$id_data .= pack("Q2", @{$ids[$_]});
		$at += 16;
	}
	my $data_at = $at + length $attr_data;
	my $bits = 0;
	$bits |= 1 << $_ for keys %features;
	$file = ($arg{swapped} ? "2ELIFREP" : "PERFILE2")
		. pack("Q12", 104, 144, $at, length $attr_data, $data_at,
		       $arg{killed} ? 0 : length $records, 0, 0, $bits, 0, 0, 0)
		. $id_data . $attr_data . $records;
	my $feature_at = length($file) + 16 * keys %features;
	my $content = "";
	for (sort { $a <=> $b } keys %features) {
		$file .= pack("Q Q", $feature_at + length $content, length $features{$_});
		$content .= $features{$_};
	}
	$file .= $content;
}
substr($file, -$arg{cut}) = "" if $arg{cut};
binmode STDOUT;
print $file;
