//! Neurons with a list of their own: births join the lists of their origin.

use super::check;
use insta::assert_snapshot;

#[test]
fn a_daughter_is_on_every_list_that_her_mother_is_on() {
    assert_snapshot!(
        check("0 | 1<0,1 2<1 | 3<0 : 0>1 1; 1>1 2; 1>2 4", "divide 1 0.5"),
        @"0 | 1<0,1,4 2<1,4 4<0,1,4 | 3<0 : 0>1 1; 1>1 1; 4>1 1; 1>2 2; 4>2 2; 0>4 1; 1>4 1; 4>4 1"
    );
}

#[test]
fn who_may_hear_a_source_may_hear_who_is_born_on_its_connection() {
    assert_snapshot!(
        check("0 | 1<0 | 2<1 : 0>1 2; 1>2 4", "insert 1>2 1; insert 0>1 1<0"),
        @"0 | 1<0,4 3 4<0,4 | 2<1,3 : 4>1 2; 3>2 4; 1>3 1; 0>4 1"
    );
}

#[test]
fn a_renewal_takes_over_the_lists() {
    assert_snapshot!(check("0 | 1<0,1 | 2<1 : 0>1 1; 1>2 4", "renew 1 0.5"), @"0 | 3<0,3 | 2<3 : 3>2 0; 0>3 0.5");
    assert_snapshot!(
        check("0 | 1<0,1 | 2<1 : 0>1 1; 1>2 4", "divide 1 0.5; renew 1 0.5; renew 4 1"),
        @"0 | 3<0,3,5 5<0,3,5 | 2<3,5 : 3>2 2; 5>2 0; 0>3 1; 0>5 1"
    );
    assert_snapshot!(
        check("0 | 1<0,1 | 2<1 : 0>1 1; 1>2 4", "divide 1 0.5; renew 1 0.5"),
        @"0 | 3<0,3,4 4<0,3,4 | 2<3,4 : 3>2 2; 4>2 0; 0>3 1; 0>4 0.5"
    );
}

#[test]
fn the_dead_leave_a_list_when_it_next_changes() {
    assert_snapshot!(check("0 | 1 2 | 3<1,2,99 : 1>3 4", "remove 2"), @"0 | 1 | 3<1,2,99 : 1>3 4");
    assert_snapshot!(check("0 | 1 2 | 3<1,2,99 : 1>3 4", "remove 2; divide 1 0.5"), @"0 | 1 4 | 3<1,4,99 : 1>3 2; 4>3 2");
}

#[test]
fn a_list_given_in_a_draft_counts_at_once() {
    assert_snapshot!(
        check("0 | 1 2 | 3 : 1>3 4", "retune 3<1; divide 1 0.5; retune 4<0; connect 0>4 1"),
        @"0 | 1 2 4<0 | 3<1,4 : 1>3 2; 4>3 2; 0>4 1"
    );
    assert_snapshot!(
        check("0 | 1 2 | 3 : 1>3 4", "retune 3<1; connect 2>3 1"),
        @"refused: n2>n3 with delay 0 is out of reach: n3 may not listen to n2"
    );
}
