import type { Grammar } from '../grammar.js';

export const stopgaps: Grammar['stopgaps'] = {
  habits: {
    waking: { title: '起床洗漱', description: '醒来，洗漱，把自己收拾出门的样子。' },
    breakfast: { title: '早餐', description: '简单吃点热的，再看看今天的安排。' },
    lunch: { title: '午饭', description: '找个地方坐下来，好好吃一顿。' },
    dinner: { title: '晚饭', description: '忙完一天，把晚饭吃踏实。' },
    evening: { title: '晚间的空闲', description: '天黑以后留给自己的时间。' },
    bedtime: { title: '睡前收拾', description: '洗漱，关灯，准备睡觉。' },
  },
  events: {
    trip: [
      { title: '赶路', description: '在路上，往目的地去。' },
      { title: '当地的会面', description: '见要见的人，谈要谈的事。' },
      { title: '办手续', description: '跑几个窗口，盖几个章。' },
      { title: '在当地走走', description: '趁空认认路，看看这地方。' },
      { title: '整理当天的记录', description: '把一天办成的事写下来。' },
    ],
    delivery: [
      { title: '核对特殊货件', description: '逐项检查封条、编号和交接要求。' },
      { title: '勘查路线', description: '把路线走一遍，记下不保险的地方。' },
      { title: '护送货件', description: '人不离货，一段一段往前送。' },
      { title: '与收件方对接', description: '确认时间、地点和接头的人。' },
      { title: '写交接记录', description: '把过程写清楚，留底。' },
    ],
    training: [
      { title: '上课', description: '听讲，记笔记，不懂就问。' },
      { title: '实操训练', description: '一遍遍练，练到手上有数。' },
      { title: '分组演练', description: '跟同组的人配合着来。' },
      { title: '复盘', description: '把今天的错处过一遍。' },
      { title: '自己加练', description: '别人散了，再练几轮。' },
    ],
    private: [
      { title: '处理私事', description: '有些事只能自己去办。' },
      { title: '写一封信', description: '写了又改，最后寄出去。' },
      { title: '见一位故人', description: '坐下来，把旧事说开。' },
      { title: '整理旧物', description: '翻出旧东西，决定留什么。' },
      { title: '独自走走', description: '走一走，把事情想清楚。' },
    ],
    illness: [
      { title: '卧床休息', description: '吃了药，躺着等体温退下去。' },
      { title: '喝点热的', description: '熬点粥，慢慢喝完。' },
      { title: '半梦半醒', description: '睡一阵，醒一阵。' },
      { title: '看会儿闲书', description: '精神好一点，翻几页书。' },
      { title: '量体温吃药', description: '按时吃药，记下体温。' },
    ],
  },
  onTheWay: '外地',
};
