"""Reports in other languages, in our own words: one event twice, and another of the same kind."""

FLOOD_VI = (
    "Mưa lớn suốt đêm 12/9 khiến hồ chứa Khe Mây tràn bờ, ba xã của huyện Tân Lũng ngập sâu hơn "
    "một mét. Ông Lò Văn Thịnh, chủ tịch huyện Tân Lũng, cho biết 240 hộ dân đã được đưa đến "
    "trường học và nhà văn hóa. Bộ đội biên phòng dùng xuồng máy tiếp tế gạo, nước sạch cho bản "
    "Nà Hoi. Cầu treo Nà Hoi bị cuốn trôi, tuyến đường lên Khe Mây sạt lở tám điểm."
)
FLOOD_RETOLD_VI = (
    "Huyện Tân Lũng chìm trong nước sau khi hồ chứa Khe Mây tràn bờ rạng sáng nay. Chính quyền "
    "di dời 240 hộ dân khỏi vùng trũng, theo chủ tịch huyện Lò Văn Thịnh. Bản Nà Hoi bị cô lập "
    "vì cầu treo cuốn trôi; bộ đội biên phòng phải chở gạo bằng xuồng máy. Nhiều đoạn đường lên "
    "Khe Mây vẫn chưa thông, trường học đóng cửa hết tuần."
)
OTHER_FLOOD_VI = (
    "Nước sông Trà Mịch dâng nhanh chiều 3/11 làm hai phường của thị xã Phú Điền ngập gần một "
    "mét. Bà Đoàn Thị Mai, phó chủ tịch thị xã Phú Điền, cho biết 90 hộ dân đã được đưa đến nhà "
    "văn hóa. Công an và dân quân dùng xuồng tiếp tế mì, nước sạch cho xóm Bến Đình. Chợ Phú "
    "Điền đóng cửa, tuyến đường ven sông Trà Mịch sạt lở hai điểm."
)
FIRE_KO = (
    "새벽 3시께 해림시 북항 냉동창고에서 불이 나 작업자 4명이 다쳤다. 해림소방서는 "
    "소방차 26대를 보내 5시간 만에 큰 불길을 잡았다고 밝혔다. 창고 주인 윤도경 씨는 "
    "암모니아 배관을 지난달 점검했다고 말했다. 북항 수산물 경매는 금요일까지 열리지 "
    "않는다."
)
FIRE_RETOLD_KO = (
    "해림시 북항의 냉동창고 화재로 수산물 경매가 멈췄다. 작업자 4명은 연기를 마시고 "
    "병원으로 옮겨졌다. 해림소방서가 소방차 26대를 투입해 아침에야 불길을 잡았다. "
    "암모니아 배관이 터졌는지 조사 중이며, 창고 주인 윤도경 씨는 점검에 문제가 없었다고 "
    "했다."
)
OTHER_FIRE_KO = (
    "어젯밤 산내군 가구공장에서 불이 나 직원 2명이 다쳤다. 산내소방서는 소방차 11대를 "
    "보내 2시간 만에 불길을 잡았다고 밝혔다. 공장장 서미란 씨는 전기 배선이 낡았다고 "
    "말했다. 인근 주민 30명이 마을회관으로 대피했다."
)
BRIDGE_ZH = (
    "青岚市白鹿大桥星期三凌晨发生坍塌，两辆货车坠入汶溪。市长顾远舟说，桥面上月刚完成检修。"
    "消防员从河中救出三名司机。白鹿大桥是通往石坪港的唯一公路，渡轮将临时运送货物。"
)
BRIDGE_RETOLD_ZH = (
    "三名司机在白鹿大桥坍塌后获救。两辆货车随桥面坠入汶溪，消防员连夜搜救。青岚市市长顾远舟承诺"
    "公开检修记录。石坪港的货物改由渡轮运送。"
)
OTHER_BRIDGE_ZH = (
    "云陵县一座人行天桥昨晚发生坍塌，一名行人受伤。县长郑若兰说，天桥去年曾经加固。"
    "警方封锁了和平路，学校星期一停课。"
)
STRIKE_DE = (
    "Die Lokführer der Wesertalbahn legen von Dienstag an die Arbeit nieder. Gewerkschaftschef "
    "Arno Brinkhus verlangt 7,5 Prozent mehr Lohn. Zwischen Holmstede und Rautal fahren nur "
    "Busse, sagte Bahnsprecherin Imke Tjaden. Auch der Hafenverkehr in Holmstede ist betroffen."
)
STRIKE_RETOLD_DE = (
    "Kein Zug nach Rautal: Im Streit um 7,5 Prozent mehr Lohn bestreiken die Lokführer die "
    "Wesertalbahn. Die Verhandlungen mit Arno Brinkhus seien gescheitert, teilte Imke Tjaden "
    "mit. Pendler aus Holmstede müssen auf Busse umsteigen, der Hafenverkehr steht still."
)
OTHER_STRIKE_DE = (
    "Die Busfahrer der Stadtwerke Grünau streiken seit Montag. Die Gewerkschaft verlangt 200 "
    "Euro mehr im Monat, sagte Verhandlungsführer Tilo Marquard. Zwischen Grünau und Seebach "
    "fahren nur wenige Linien. Schulen in Seebach geben später Unterricht."
)
